package io.growalert.billing.reconcile;

/** Whoever follows a reconciliation. */
@FunctionalInterface
interface ProgressListener {
    /**
     * How far it is, in words.
     *
     * @throws java.io.UncheckedIOException when nobody listens any more: then it ends
     */
    void tell(String words);
}
