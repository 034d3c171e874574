package io.growalert.billing.projection;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The latest state of an object that is recorded, a row of {@code billing.objects}. It decides whether another state is later.
 *
 * @param kind as published, such as {@code device_order}
 * @param version how many times the record changed
 */
public record ObjectVersion(
        String id, String kind, @Nullable String customer, State state, long version) {

    /**
     * A state of a record, from one event or one fetch.
     *
     * @param asOf the second of the state: the event's; of a fetch, all that happened before this second is included
     * @param rank see {@link LifecycleStage}
     * @param digest equal for equal records
     */
    public record State(Instant asOf, boolean fetched, int rank, String digest) {

        /** The record as an event of this type and second contains it. */
        public static State inEvent(ProjectedRecord record, String eventType, Instant created) {
            return new State(created, false, stage(record).rankInEvent(eventType), record.digest());
        }

        public static State fetched(ProjectedRecord record, Instant asOf) {
            return new State(asOf, true, stage(record).rankWhenFetched(), record.digest());
        }

        private static LifecycleStage stage(ProjectedRecord record) {
            return LifecycleStage.of(record.record());
        }
    }

    public boolean isDeletedCustomer() {
        return LifecycleStage.isDeletedCustomer(state.rank());
    }

    /** The next version of the record. */
    ObjectVersion changed(@Nullable String customer, State to) {
        var later = to.asOf().isBefore(state.asOf()) ? state.asOf() : to.asOf();
        return new ObjectVersion(
                id, kind, customer, new State(later, to.fetched(), to.rank(), to.digest()), version + 1);
    }

    /** The next version of an order whose refunds or disputes changed: they are published, and decide nothing here. */
    ObjectVersion settled() {
        return new ObjectVersion(id, kind, customer, state, version + 1);
    }

    /** The same version, seen again: in a later second, or in the same second at a later stage. */
    ObjectVersion seen(State again) {
        boolean isLater = again.asOf().isAfter(state.asOf());
        boolean isFurther = again.asOf().equals(state.asOf()) && again.rank() > state.rank();
        return isLater || isFurther ? new ObjectVersion(id, kind, customer, again, version) : this;
    }
}
