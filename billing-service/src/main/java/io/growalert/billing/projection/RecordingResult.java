package io.growalert.billing.projection;

import io.growalert.billing.stripe.Kind;
import io.growalert.events.BillingEvent;
import java.util.List;

/** The result of recording an object that was read from Stripe. */
public sealed interface RecordingResult {

    /**
     * The object is recorded, in this state or a later one.
     *
     * @param changes the events of the records that changed
     */
    record Recorded(List<BillingEvent> changes) implements RecordingResult {
        public Recorded {
            changes = List.copyOf(changes);
        }
    }

    /**
     * Nothing is recorded: the object belongs to other software that uses the same Stripe account.
     *
     * @param isDeleted it is a deleted customer, of whom Stripe shows no metadata, so it may have been ours
     */
    record Foreign(boolean isDeleted) implements RecordingResult {}

    /** Nothing is recorded: the owner is unknown until this parent is recorded. */
    record Orphaned(Kind parent, String id) implements RecordingResult {}
}
