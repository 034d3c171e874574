package io.growalert.billing.reconcile;

import java.time.Instant;
import java.util.List;

/**
 * What a reconciliation found and did. No word of it is personal.
 *
 * @param since how far it looked back
 * @param requests how many were sent to Stripe
 * @param seconds how long it took
 * @param complete whether everything could be read and repaired that Stripe knows
 * @param problems what could not, in words; the first {@link #LISTED} of them
 */
record Report(
        Instant since,
        long requests,
        double seconds,
        boolean complete,
        Events events,
        Objects objects,
        List<String> problems) {
    /** More are only counted. */
    static final int LISTED = 1_000;

    /**
     * @param read how many Stripe listed
     * @param undelivered how many of these Stripe had not delivered
     * @param missing how many of these were not stored; they are now
     */
    record Events(long read, long undelivered, long missing) {}

    /**
     * @param read how many Stripe listed or showed
     * @param repairs how many records were created or changed
     * @param unchecked how many of ours may have changed but were neither listed nor asked for, because they are too many; the
     *     next run goes on with them
     * @param foreign how many of those that were read are of other software that uses the same Stripe account; nothing is
     *     recorded of them
     * @param repaired the first {@link #LISTED} of them
     */
    record Objects(long read, long repairs, long unchecked, long foreign, List<Repair> repaired) {}

    /**
     * @param kind of the record, such as {@code device_order}
     * @param change created or changed
     * @param fields the names of those that changed; none when nothing was recorded before
     */
    record Repair(String kind, String id, String change, List<String> fields) {}
}
