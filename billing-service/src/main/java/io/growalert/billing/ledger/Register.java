package io.growalert.billing.ledger;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a record has got, {@code billing.objects}.
 *
 * @param kind as on the wire, such as {@code device_order}
 * @param state the latest that is known of it
 * @param version how often the record changed
 */
record Register(String id, String kind, @Nullable String customer, State state, long version) {

    /**
     * What is known of a record from one source.
     *
     * @param asOf the second in which it was like this. Told by an event, it is the event's second; fetched, all that happened
     *     before this second is in it.
     * @param rank see {@link Rank}
     * @param digest equal for equal records
     */
    record State(Instant asOf, boolean fetched, int rank, String digest) {}

    boolean isDeletedCustomer() {
        return state.rank() >= Rank.DELETED - 1;
    }

    /** The record changed to this. */
    Register changed(@Nullable String customer, State to) {
        var later = to.asOf().isBefore(state.asOf()) ? state.asOf() : to.asOf();
        return new Register(id, kind, customer, new State(later, to.fetched(), to.rank(), to.digest()), version + 1);
    }

    /** What became of an order's money changed: that is in the record, and decides nothing here. */
    Register settled() {
        return new Register(id, kind, customer, state, version + 1);
    }

    /** It was seen once more as it is: later, or in the same second further on its way. */
    Register seen(State again) {
        boolean isLater = again.asOf().isAfter(state.asOf());
        boolean isFurther = again.asOf().equals(state.asOf()) && again.rank() > state.rank();
        return isLater || isFurther ? new Register(id, kind, customer, again, version) : this;
    }
}
