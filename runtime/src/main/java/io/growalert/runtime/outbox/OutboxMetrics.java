package io.growalert.runtime.outbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The metrics of an outbox. */
final class OutboxMetrics {
    private static final long EVERY = Duration.ofSeconds(5).toNanos();

    private final Outbox outbox;
    private final Counter published;
    private final AtomicLong waiting = new AtomicLong();
    private final AtomicLong parked = new AtomicLong();
    private final AtomicLong oldestSeconds = new AtomicLong();
    private long measureAt = System.nanoTime();

    /** @param prefix of the metrics' names, for example {@code growalert.outbox} */
    OutboxMetrics(Outbox outbox, String prefix, MeterRegistry meters) {
        this.outbox = outbox;
        published = Counter.builder(prefix + ".relayed")
                .description("events published to Kafka")
                .register(meters);
        Gauge.builder(prefix + ".waiting", waiting, AtomicLong::get)
                .description("events not published yet")
                .register(meters);
        Gauge.builder(prefix + ".waiting.age", oldestSeconds, AtomicLong::get)
                .description("age of the oldest event not published yet")
                .baseUnit("seconds")
                .register(meters);
        Gauge.builder(prefix + ".parked", parked, AtomicLong::get)
                .description("events that Kafka rejects")
                .register(meters);
    }

    void published(int events) {
        published.increment(events);
    }

    /** Counts the backlog, at most every 5 s. */
    void measure() {
        if (System.nanoTime() - measureAt < 0) {
            return;
        }
        var backlog = outbox.backlog();
        waiting.set(backlog.waiting());
        parked.set(backlog.parked());
        oldestSeconds.set(backlog.oldestSeconds());
        measureAt = System.nanoTime() + EVERY;
    }
}
