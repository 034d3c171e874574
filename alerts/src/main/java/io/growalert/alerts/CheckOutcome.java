package io.growalert.alerts;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The outcome of one run of a {@link Check}. */
public sealed interface CheckOutcome {
    /**
     * An object of the check's choice that explains the outcome, for example the measured values. It reaches the {@link
     * MonitorListener} with the {@link Run} and is not retained after that.
     *
     * @return null when the check gave none; always null for a run that timed out or threw
     */
    @Nullable
    Object detail();

    /** The same outcome with this detail. */
    CheckOutcome withDetail(@Nullable Object detail);

    /** The check passed. */
    record Passed(@Nullable Object detail) implements CheckOutcome {
        private static final Passed INSTANCE = new Passed(null);

        @Override
        public Passed withDetail(@Nullable Object other) {
            return new Passed(other);
        }
    }

    /** The check passed with an error. Alerts treat it as passed. */
    record Degraded(Throwable error, @Nullable Object detail) implements CheckOutcome {
        public Degraded {
            Objects.requireNonNull(error, "error");
        }

        @Override
        public Degraded withDetail(@Nullable Object other) {
            return new Degraded(error, other);
        }
    }

    /**
     * The check failed.
     *
     * @param errors the reasons, the most important first; may be empty. A run that took too long has one {@link
     *     CheckTimeoutException}
     */
    record Failed(List<Throwable> errors, @Nullable Object detail) implements CheckOutcome {
        public Failed {
            errors = List.copyOf(errors);
        }

        /** Whether the run failed because it took longer than the monitor's timeout. */
        public boolean isTimeout() {
            return errors.size() == 1 && errors.getFirst() instanceof CheckTimeoutException;
        }

        @Override
        public Failed withDetail(@Nullable Object other) {
            return new Failed(errors, other);
        }
    }

    static CheckOutcome passed() {
        return Passed.INSTANCE;
    }

    static CheckOutcome degraded(Throwable error) {
        return new Degraded(error, null);
    }

    static CheckOutcome failed(Throwable... errors) {
        return new Failed(List.of(errors), null);
    }

    static CheckOutcome failed(List<? extends Throwable> errors) {
        return new Failed(List.copyOf(errors), null);
    }
}
