package io.growalert.history.store;

/** Gets values that are read, in no particular order. */
@FunctionalInterface
public interface ValueSink {
    /** @param slot in microseconds since the epoch */
    void accept(int series, long slot, double value, StoredStatus status);
}
