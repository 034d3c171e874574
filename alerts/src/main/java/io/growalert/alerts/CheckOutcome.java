package io.growalert.alerts;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The outcome of one run of a {@link Check}. */
public sealed interface CheckOutcome {
    /**
     * An object of the check's choice that explains the outcome, for example the measured values. It reaches the {@link
     * MonitorListener} with the {@link Run} and is not retained after that.
     *
     * @return empty when the check gave none, and for a run that timed out or threw
     */
    Optional<Object> detail();

    /** The same outcome with this detail. */
    CheckOutcome withDetail(Object detail);

    /** The check passed. */
    record Passed(Optional<Object> detail) implements CheckOutcome {
        private static final Passed INSTANCE = new Passed(Optional.empty());

        @Override
        public Passed withDetail(Object other) {
            return new Passed(Optional.of(other));
        }
    }

    /** The check passed with an error. Alerts treat it as passed. */
    record Degraded(Throwable error, Optional<Object> detail) implements CheckOutcome {
        public Degraded {
            Objects.requireNonNull(error, "error");
        }

        @Override
        public Degraded withDetail(Object other) {
            return new Degraded(error, Optional.of(other));
        }
    }

    /**
     * The check failed.
     *
     * @param errors the reasons, the most important first; may be empty. A run that took too long has one {@link
     *     CheckTimeoutException}
     */
    record Failed(List<Throwable> errors, Optional<Object> detail) implements CheckOutcome {
        public Failed {
            errors = List.copyOf(errors);
        }

        /** Whether the run failed because it took longer than the monitor's timeout. */
        public boolean isTimeout() {
            return errors.size() == 1 && errors.getFirst() instanceof CheckTimeoutException;
        }

        @Override
        public Failed withDetail(Object other) {
            return new Failed(errors, Optional.of(other));
        }
    }

    static CheckOutcome passed() {
        return Passed.INSTANCE;
    }

    static CheckOutcome degraded(Throwable error) {
        return new Degraded(error, Optional.empty());
    }

    static CheckOutcome failed(Throwable... errors) {
        return new Failed(List.of(errors), Optional.empty());
    }

    static CheckOutcome failed(List<? extends Throwable> errors) {
        return new Failed(List.copyOf(errors), Optional.empty());
    }
}
