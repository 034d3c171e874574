package io.growalert.billing.customer.limit;

/** The limit that one client's attempts count against. */
@FunctionalInterface
public interface AttemptLimit {
    /** Counts an attempt, or refuses it with a problem. */
    Attempt begin();

    /** An attempt that counts unless it is taken back. */
    @FunctionalInterface
    interface Attempt {
        void takeBack();
    }
}
