package io.growalert.billing.ledger;

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

/** What one transaction makes of the records: decided in memory, one state after another, and then written at once. */
final class Page {
    private final Map<String, Register> before;
    private final Map<String, Register> now;
    private final Settlements settlements;
    private final Map<String, Projected> rows = new LinkedHashMap<>();
    private final List<BillingEvent> told = new ArrayList<>();

    /**
     * @param registers of all that is entered and of all that it settles, as they are under the locks
     * @param settlements of the orders that are entered, or whose charges and disputes are
     */
    Page(Map<String, Register> registers, Settlements settlements) {
        before = registers;
        this.settlements = settlements;
        // in one order for all, so that no two wait for each other
        now = new TreeMap<>(registers);
    }

    /** Takes a state of a record in, if it is news. */
    Decision enter(Projected record, Register.State state) {
        var known = now.get(record.id());
        var decision = Decision.of(known, state);
        switch (decision.verdict()) {
            case APPLY -> apply(known, record, state);
            case SAME -> {
                if (known != null) {
                    now.put(record.id(), known.seen(state));
                }
            }
            case STALE, UNDECIDED -> {}
        }
        return decision;
    }

    /** Takes a state in, if it is news; and writes the record anew when it is what is known, as its row was lost or altered. */
    void restore(Projected record, Register.State state) {
        var known = now.get(record.id());
        if (known != null && known.state().digest().equals(state.digest())) {
            apply(known, record, state);
        } else {
            enter(record, state);
        }
    }

    private void apply(@Nullable Register known, Projected record, Register.State state) {
        var customer = record.record().customer();
        var changed = known == null
                ? new Register(record.id(), BillingEvent.kind(record.record()), customer, state, 1)
                : known.changed(customer, state);
        now.put(record.id(), changed);
        if (record.record() instanceof BillingRecord.DeviceOrder order) {
            publish(settlements.settled(order), changed);
        } else {
            settlements.enter(record.record());
            rows.put(record.id(), record);
            told.add(BillingEvent.of(
                    record.record(), changed.version(), changed.state().asOf()));
        }
    }

    /**
     * Once all records of an object are entered: where a charge or a dispute changed, what became of the order's money changed
     * too.
     */
    void settle() {
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

    private void publish(BillingRecord.DeviceOrder order, Register register) {
        settlements.enter(order);
        rows.put(order.id(), Projected.of(order));
        told.add(BillingEvent.of(order, register.version(), asOf(order, register)));
    }

    /** The latest second of all that the row is made of. */
    private Instant asOf(BillingRecord.DeviceOrder order, Register register) {
        return settlements
                .sources(order)
                .map(now::get)
                .filter(Objects::nonNull)
                .map(source -> source.state().asOf())
                .reduce(register.state().asOf(), (one, other) -> one.isAfter(other) ? one : other);
    }

    @Nullable
    Register register(String id) {
        return now.get(id);
    }

    /** Those of the customers on this page that are deleted, by it or before. */
    List<String> deletedCustomers() {
        return now.values().stream()
                .filter(Register::isDeletedCustomer)
                .map(Register::id)
                .toList();
    }

    /** What changed, in order. */
    List<BillingEvent> told() {
        return List.copyOf(told);
    }

    List<Projected> rows() {
        return List.copyOf(rows.values());
    }

    List<Registers.Change> changes() {
        return now.values().stream()
                .filter(register -> !register.equals(before.get(register.id())))
                .map(register -> new Registers.Change(register, before.get(register.id())))
                .toList();
    }
}
