package io.growalert.billing.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.BillingEvent;
import io.growalert.events.Json;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is to be told on growalert.billing, written down in the transaction of the change. */
public final class Outbox {
    private final JdbcClient jdbc;
    private final Semaphore calls = new Semaphore(0);

    public Outbox(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static final String ADD = """
            insert into billing.outbox (id, key, type, subject, time, body)
            select id, key, type, subject, time::timestamptz, body
            from unnest(:ids::text[], :keys::text[], :types::text[], :subjects::text[], :times::text[], :bodies::text[])
                 with ordinality as event (id, key, type, subject, time, body, place)
            order by place
            """;

    /**
     * Adds these events in this order, in the transaction that is under way: their keys must be locked in it, or another
     * transaction could get between. Call {@link #wake} once it is committed.
     *
     * @throws org.springframework.dao.DuplicateKeyException when one of the events is there already
     */
    public void add(List<BillingEvent> events) {
        if (events.isEmpty()) {
            return;
        }
        jdbc.sql(ADD)
                .param("ids", texts(events, BillingEvent::id))
                .param("keys", texts(events, BillingEvent::key))
                .param("types", texts(events, BillingEvent::type))
                .param("subjects", texts(events, event -> event.record().id()))
                .param("times", texts(events, event -> event.asOf().toString()))
                .param("bodies", texts(events, event -> new String(Json.write(event), UTF_8)))
                .update();
    }

    /** The relay looks at once, rather than at its next turn. */
    public void wake() {
        if (calls.availablePermits() == 0) {
            calls.release();
        }
    }

    /** Waits until somebody calls {@link #wake}, or has since the last wait; at most this long. */
    void await(Duration atMost) throws InterruptedException {
        if (calls.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            calls.drainPermits();
        }
    }

    private static @Nullable String[] texts(List<BillingEvent> events, Function<BillingEvent, @Nullable String> field) {
        return events.stream().map(field).toArray(String[]::new);
    }
}
