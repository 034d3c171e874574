package io.growalert.billing.reconcile;

import java.time.Instant;
import java.util.List;

/**
 * What a reconciliation found and repaired, without personal data.
 *
 * @param since how far it looked back
 * @param requests how many requests it sent to Stripe
 * @param seconds its duration
 * @param complete whether all objects and events at Stripe could be read and repaired
 * @param problems what could not, the first {@link #LISTED} of them
 */
record ReconciliationReport(
        Instant since,
        long requests,
        double seconds,
        boolean complete,
        Events events,
        Objects objects,
        List<String> problems) {
    /** Further ones are only counted. */
    static final int LISTED = 1_000;

    /**
     * @param read how many events Stripe listed
     * @param undelivered how many of them Stripe had not delivered
     * @param missing how many of them were not stored; they are now
     */
    record Events(long read, long undelivered, long missing) {}

    /**
     * @param read how many objects Stripe listed or returned
     * @param repairs how many records were created or changed
     * @param unchecked how many of ours may have changed but were neither listed nor fetched, because they are too many; the
     *     next run continues with them
     * @param foreign how many of the read ones belong to other software that uses the same Stripe account; they are not recorded
     * @param repaired the first {@link #LISTED} repairs
     */
    record Objects(long read, long repairs, long unchecked, long foreign, List<Repair> repaired) {}

    /**
     * @param kind of the record, such as {@code device_order}
     * @param fields the names of the changed columns; none when nothing was recorded before
     */
    record Repair(String kind, String id, String change, List<String> fields) {}
}
