package io.growalert.billing.ledger;

import io.growalert.billing.outbox.Outbox;
import java.util.Collection;

/** Where pages come from, and what a finished one is written to. All within the caller's transaction. */
final class Pages {
    private final Registers registers;
    private final Records records;
    private final Outbox outbox;

    Pages(Registers registers, Records records, Outbox outbox) {
        this.registers = registers;
        this.records = records;
        this.outbox = outbox;
    }

    /** A page for all of these ids, whose keys are locked. */
    Page open(Collection<String> ids) {
        return new Page(registers.read(ids));
    }

    /** Writes what changed: the registers first, since they tell whether somebody else was there meanwhile. */
    void write(Page page) {
        registers.write(page.changes());
        records.write(page.rows());
        outbox.add(page.told());
    }
}
