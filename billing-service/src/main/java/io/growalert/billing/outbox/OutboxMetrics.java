package io.growalert.billing.outbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is counted of the outbox, {@code growalert.outbox.*}. */
final class OutboxMetrics {
    private static final long EVERY = Duration.ofSeconds(5).toNanos();

    private final JdbcClient jdbc;
    private final Counter relayed;
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicLong parked = new AtomicLong();
    private final AtomicLong oldestSeconds = new AtomicLong();
    private long measureAt = System.nanoTime();

    OutboxMetrics(JdbcClient jdbc, MeterRegistry meters) {
        this.jdbc = jdbc;
        relayed = Counter.builder("growalert.outbox.relayed")
                .description("changes that Kafka has")
                .register(meters);
        Gauge.builder("growalert.outbox.waiting", waiting, AtomicLong::get)
                .description("changes that Kafka does not have yet")
                .register(meters);
        Gauge.builder("growalert.outbox.waiting.age", oldestSeconds, AtomicLong::get)
                .description("age of the oldest change that Kafka does not have yet")
                .baseUnit("seconds")
                .register(meters);
        Gauge.builder("growalert.outbox.parked", parked, AtomicLong::get)
                .description("changes that Kafka never takes")
                .register(meters);
    }

    void relayed(int changes) {
        relayed.increment(changes);
    }

    private static final String BACKLOG = """
            select (select count(*) from billing.outbox where relayed_at is null and error is null) as waiting,
                   (select count(*) from billing.outbox where error is not null) as parked,
                   (select coalesce(extract(epoch from clock_timestamp() - created_at), 0)::bigint from billing.outbox
                    where relayed_at is null and error is null order by sequence limit 1) as oldest
            """;

    /** Looks into the database, though not more often than every few seconds. */
    void measure() {
        if (System.nanoTime() - measureAt < 0) {
            return;
        }
        jdbc.sql(BACKLOG).query(row -> {
            waiting.set(row.getLong("waiting"));
            parked.set(row.getLong("parked"));
            oldestSeconds.set(row.getLong("oldest"));
        });
        measureAt = System.nanoTime() + EVERY;
    }
}
