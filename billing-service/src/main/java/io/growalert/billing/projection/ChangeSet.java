package io.growalert.billing.projection;

import io.growalert.events.BillingEvent;
import io.growalert.events.BillingRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The changes of one transaction: decided in memory, one state after another, then written together. */
public final class ChangeSet {
    private final Map<String, ObjectVersion> before;
    private final Map<String, ObjectVersion> now;
    private final OrderSettlements settlements;
    private final Map<String, ProjectedRecord> rows = new LinkedHashMap<>();
    private final Map<String, ProjectedRecord> linked = new LinkedHashMap<>();
    private final List<BillingEvent> events = new ArrayList<>();

    /**
     * @param versions of all objects that are entered or settled by them, as read under the locks
     * @param settlements of the orders that are entered, or whose charges and disputes are
     */
    public ChangeSet(Map<String, ObjectVersion> versions, OrderSettlements settlements) {
        before = versions;
        this.settlements = settlements;
        // one order of writes for all transactions, so that there is no deadlock
        now = new TreeMap<>(versions);
    }

    /** Applies a state of a record, if it is later. */
    public StateDecision enter(ProjectedRecord record, ObjectVersion.State state) {
        var known = now.get(record.id());
        var decision = StateDecision.of(known, state);
        switch (decision.verdict()) {
            case APPLY -> apply(known, record, state);
            case SAME -> {
                if (known != null) {
                    now.put(record.id(), known.seen(state));
                }
                link(record);
            }
            // a later state may come without the links
            case STALE -> link(record);
            case UNDECIDED -> {}
        }
        return decision;
    }

    private void link(ProjectedRecord record) {
        if (record.isLinked()) {
            linked.put(record.id(), record);
        }
    }

    /** As {@link #enter}, and writes the record again when the state is the recorded one: its row was lost or altered. */
    public void restore(ProjectedRecord record, ObjectVersion.State state) {
        var known = now.get(record.id());
        if (known != null && known.state().digest().equals(state.digest())) {
            apply(known, record, state);
        } else {
            enter(record, state);
        }
    }

    private void apply(@Nullable ObjectVersion known, ProjectedRecord record, ObjectVersion.State state) {
        var customer = record.record().customer();
        var changed = known == null
                ? new ObjectVersion(record.id(), BillingEvent.kind(record.record()), customer, state, 1)
                : known.changed(customer, state);
        now.put(record.id(), changed);
        if (record.record() instanceof BillingRecord.DeviceOrder order) {
            publish(settlements.settled(order), changed);
        } else {
            settlements.enter(record.record());
            var replaced = rows.put(record.id(), record);
            if (replaced != null) {
                link(replaced);
            }
            events.add(BillingEvent.of(
                    record.record(), changed.version(), changed.state().asOf()));
        }
    }

    /** Updates the orders whose charge or dispute changed; to be called when all records of an object are entered. */
    public void settle() {
        settlements.unsettled().forEach(this::settle);
    }

    private void settle(BillingRecord.DeviceOrder order) {
        var known = now.get(order.id());
        if (known != null) {
            var changed = known.settled();
            now.put(order.id(), changed);
            publish(settlements.settled(order), changed);
        }
    }

    private void publish(BillingRecord.DeviceOrder order, ObjectVersion version) {
        settlements.enter(order);
        rows.put(order.id(), ProjectedRecord.of(order));
        events.add(BillingEvent.of(order, version.version(), asOf(order, version)));
    }

    /** The latest second of the order, its charges and disputes. */
    private Instant asOf(BillingRecord.DeviceOrder order, ObjectVersion version) {
        return settlements
                .sources(order)
                .map(now::get)
                .filter(Objects::nonNull)
                .map(source -> source.state().asOf())
                .reduce(version.state().asOf(), (one, other) -> one.isAfter(other) ? one : other);
    }

    public @Nullable ObjectVersion version(String id) {
        return now.get(id);
    }

    /** The ids of the customers that are deleted, by these changes or before. */
    public List<String> deletedCustomers() {
        return now.values().stream()
                .filter(ObjectVersion::isDeletedCustomer)
                .map(ObjectVersion::id)
                .toList();
    }

    /** The events to be published, in order. */
    public List<BillingEvent> events() {
        return List.copyOf(events);
    }

    public List<ProjectedRecord> rows() {
        return List.copyOf(rows.values());
    }

    /** Records whose links may be missing in their rows: Stripe often adds them to an object shortly afterwards. */
    public List<ProjectedRecord> linked() {
        return linked.values().stream().filter(this::mayLackLinks).toList();
    }

    private boolean mayLackLinks(ProjectedRecord record) {
        var row = rows.get(record.id());
        return row == null || !row.isLinked();
    }

    /** An object's version as it is to be written, and as it was read; null when there was none. */
    public record VersionChange(
            ObjectVersion after, @Nullable ObjectVersion before) {}

    public List<VersionChange> versions() {
        return now.values().stream()
                .filter(version -> !version.equals(before.get(version.id())))
                .map(version -> new VersionChange(version, before.get(version.id())))
                .toList();
    }
}
