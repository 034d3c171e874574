package io.growalert.alerts;

import java.util.List;
import java.util.Objects;

/** The outcome of one run of a {@link Check}. */
public sealed interface CheckResult {
    /** All is well. */
    record Passed() implements CheckResult {
        private static final Passed INSTANCE = new Passed();
    }

    /** It passed, but not without trouble. Alerts treat it as passed. */
    record Degraded(Throwable error) implements CheckResult {
        public Degraded {
            Objects.requireNonNull(error, "error");
        }
    }

    /**
     * It failed.
     *
     * @param errors why, the most important first; may be empty when the failure says it all. A run that took too long
     *     has one {@link CheckTimeoutException}
     */
    record Failed(List<Throwable> errors) implements CheckResult {
        public Failed {
            errors = List.copyOf(errors);
        }

        /** Whether the run failed because it took longer than the monitor's timeout. */
        public boolean isTimeout() {
            return errors.size() == 1 && errors.getFirst() instanceof CheckTimeoutException;
        }
    }

    static CheckResult passed() {
        return Passed.INSTANCE;
    }

    static CheckResult degraded(Throwable error) {
        return new Degraded(error);
    }

    static CheckResult failed(Throwable... errors) {
        return new Failed(List.of(errors));
    }

    static CheckResult failed(List<? extends Throwable> errors) {
        return new Failed(List.copyOf(errors));
    }
}
