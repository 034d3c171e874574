package io.growalert.runtime.entitlement;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether the monitors of a customer are paused. Safe for use by many threads. */
public interface CustomerPauses {
    /** Why monitors are paused, as operators see it. */
    String REASON = "subscription ended";

    /** Pauses nothing. */
    CustomerPauses NONE = new CustomerPauses() {
        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public boolean isPaused(@Nullable String customer) {
            return false;
        }

        @Override
        public boolean wasPaused(@Nullable String customer, Instant appended) {
            return false;
        }
    };

    /** Whether the answers are final; false for a limited time after the start, in which nothing may be decided by them. */
    boolean isReady();

    /** @param customer null for a monitor without one, which is never paused */
    boolean isPaused(@Nullable String customer);

    /**
     * Whether a result that was appended to its topic at this instant is ignored: what was read since then cannot have resumed the
     * customer's monitors. It depends on the entitlements, and not on when the result is processed.
     *
     * @param customer null for a monitor without one, which is never paused
     */
    boolean wasPaused(@Nullable String customer, Instant appended);
}
