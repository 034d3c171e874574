package io.growalert.billing.inbox;

import io.growalert.billing.ledger.LedgerSignal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.springframework.jdbc.core.simple.JdbcClient;

/** An inbox for the tests of other packages. */
public final class TestInbox implements AutoCloseable {
    private final Inbox inbox;
    private final MissedEvents missed;

    public TestInbox(JdbcClient jdbc) {
        inbox = new Inbox(jdbc, new LedgerSignal(), new SimpleMeterRegistry());
        missed = new MissedEvents(jdbc, inbox);
    }

    public MissedEvents missed() {
        return missed;
    }

    @Override
    public void close() {
        inbox.close();
    }
}
