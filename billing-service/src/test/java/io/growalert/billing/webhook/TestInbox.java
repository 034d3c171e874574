package io.growalert.billing.webhook;

import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.loop.Waiter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.springframework.jdbc.core.simple.JdbcClient;

/** An inbox for the tests of other packages. */
public final class TestInbox implements AutoCloseable {
    private final Inbox inbox;
    private final MissedEvents missed;

    public TestInbox(JdbcClient jdbc) {
        inbox = new Inbox(jdbc, new Waiter(), new SimpleMeterRegistry());
        missed = new MissedEvents(jdbc, inbox);
    }

    public MissedEvents missed() {
        return missed;
    }

    /** The operators' endpoint of stored events. */
    public static Object eventsApi(JdbcClient jdbc, Waiter storedEvents, AuditLog audit) {
        return new EventsApi(new ParkedEvents(jdbc, storedEvents), audit);
    }

    @Override
    public void close() {
        inbox.close();
    }
}
