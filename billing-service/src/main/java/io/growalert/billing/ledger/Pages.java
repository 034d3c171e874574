package io.growalert.billing.ledger;

import io.growalert.billing.outbox.Outbox;
import java.util.Collection;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Where pages come from, and what a finished one is written to. All within the caller's transaction. */
final class Pages {
    private final JdbcClient jdbc;
    private final Registers registers;
    private final Records records;
    private final RegisteredAddresses addresses;
    private final Outbox outbox;

    Pages(JdbcClient jdbc, Registers registers, Records records, Outbox outbox) {
        this.jdbc = jdbc;
        this.registers = registers;
        this.records = records;
        addresses = new RegisteredAddresses(jdbc);
        this.outbox = outbox;
    }

    /**
     * A page for these records, whose keys are locked.
     *
     * @param others the ids of other registers that are asked for
     */
    Page open(Collection<Projected> entered, Collection<String> others) {
        var settlements = Settlements.read(jdbc, entered);
        var ids = settlements.ids();
        ids.addAll(others);
        entered.forEach(record -> ids.add(record.id()));
        return new Page(registers.read(ids), settlements);
    }

    /** Writes what changed: the registers first, since they tell whether somebody else was there meanwhile. */
    void write(Page page) {
        registers.write(page.changes());
        records.write(page.rows());
        addresses.follow(page.rows());
        addresses.forget(page.deletedCustomers());
        outbox.add(page.told());
    }
}
