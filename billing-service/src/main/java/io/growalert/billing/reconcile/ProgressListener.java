package io.growalert.billing.reconcile;

/** Receives the progress of a reconciliation. */
@FunctionalInterface
interface ProgressListener {
    /**
     * @param message for a person to read
     * @throws java.io.UncheckedIOException when the client is gone: the reconciliation ends
     */
    void report(String message);
}
