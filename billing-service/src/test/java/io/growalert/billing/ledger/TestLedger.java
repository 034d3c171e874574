package io.growalert.billing.ledger;

import io.growalert.billing.TestDatabase;
import io.growalert.billing.outbox.Outbox;
import java.time.Duration;

/** A ledger for the tests of other packages, which applies what is due when it is told to. */
public final class TestLedger {
    private final Ledger ledger;

    public TestLedger(TestDatabase database) {
        var settings = new LedgerSettings(1, 200, Duration.ofSeconds(1), 10, Duration.ofDays(90));
        ledger = new Ledger(database.jdbc(), database.transaction(), new Outbox(database.jdbc()), settings);
    }

    public Ledger ledger() {
        return ledger;
    }

    /** Applies all that is due at this moment. */
    public void applyDue() {
        while (ledger.apply(200).claimed() > 0) {
            // there may be more
        }
    }
}
