package io.growalert.billing.ledger;

import io.growalert.billing.stripe.Kind;
import io.growalert.events.BillingEvent;
import java.util.List;

/** What came of an object that was read from Stripe. */
public sealed interface Observed {

    /**
     * It is recorded, unless something later was.
     *
     * @param changes the records that changed by it, as they are now
     */
    record Recorded(List<BillingEvent> changes) implements Observed {
        public Recorded {
            changes = List.copyOf(changes);
        }
    }

    /**
     * Nothing is recorded, because it is not ours.
     *
     * @param isDeleted it is a customer who is deleted: of that one Stripe shows no metadata, so it may have been ours
     */
    record Foreign(boolean isDeleted) implements Observed {}

    /** Nothing is recorded, because nobody knows whose it is before this object is. */
    record Orphaned(Kind parent, String id) implements Observed {}
}
