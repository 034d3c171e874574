package io.growalert.runtime.outbox;

import io.growalert.runtime.database.AdvisoryLock;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Publishes an outbox to Kafka. One instance does, the one that holds the advisory lock, while the others stand by: it reads the
 * events that are not published, in order, sends them, waits for all acknowledgements, and only then marks them. After any
 * failure it starts again with the first one that is not marked: no event is lost, none overtakes another of its key, and an
 * event that is published again has the same id.
 */
public final class OutboxRelay implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);

    private static final int BATCH = 1_000;
    private static final int DELETED_AT_ONCE = 500;
    private static final long DELETE_EVERY = Duration.ofMinutes(10).toNanos();
    private static final Loop.Options RETRY = Loop.Options.DEFAULT
            .withRetry(Duration.ofMillis(200), Duration.ofSeconds(5))
            .withGrace(Duration.ofSeconds(5));

    /**
     * How an outbox is published.
     *
     * @param topic for log messages
     * @param message the Kafka record of an event, with its topic and headers
     * @param poll how often the table is read without a wake-up, and the lock tried while another instance holds it
     * @param history how long an event is retained after it was published; zero: it is deleted at once
     * @param timeout for the acknowledgements of one batch; after it the producer is replaced
     * @param metrics the prefix of the metrics' names, for example {@code growalert.outbox}
     */
    public record Options(
            String topic,
            Function<OutboxRow, ProducerRecord<String, byte[]>> message,
            Duration poll,
            Duration history,
            Duration timeout,
            String metrics) {}

    private final Outbox outbox;
    private final AdvisoryLock lock;
    private final Supplier<Producer<String, byte[]>> kafka;
    private final Options options;
    private final OutboxMetrics metrics;
    private final Loop loop;

    private long deleteAt = System.nanoTime();
    private volatile boolean relaying;

    /**
     * @param lock held while this instance publishes
     * @param kafka connects a producer, or throws while Kafka is unreachable
     * @param progress whose name is the thread's and the health report's
     */
    public OutboxRelay(
            Outbox outbox,
            AdvisoryLock lock,
            Supplier<Producer<String, byte[]>> kafka,
            Options options,
            MeterRegistry meters,
            Progress progress) {
        this.outbox = outbox;
        this.lock = lock;
        this.kafka = kafka;
        this.options = options;
        metrics = new OutboxMetrics(outbox, options.metrics(), meters);
        loop = new Loop(
                progress,
                "Publishing to %s failed; retrying".formatted(options.topic()),
                RETRY,
                outbox.relay(),
                this::round);
    }

    /** Publishes until it fails, or waits while another instance publishes. */
    private Duration round(Loop loop) throws InterruptedException {
        metrics.measure();
        var held = lock.acquire();
        if (held.isPresent()) {
            relay(held.get(), loop);
        }
        return options.poll();
    }

    private void relay(AdvisoryLock.Held held, Loop loop) throws InterruptedException {
        Producer<String, byte[]> producer = null;
        try (held) {
            producer = kafka.get();
            LOG.atInfo().addKeyValue("topic", options.topic()).log("This instance publishes the outbox");
            relaying = true;
            while (!loop.isStopping()) {
                int published = publish(held.jdbc(), producer);
                loop.succeeded();
                // what was added meanwhile woke this loop, or makes a larger batch
                if (published < BATCH) {
                    loop.await(options.poll());
                }
            }
        } finally {
            relaying = false;
            close(producer);
        }
    }

    private static void close(@Nullable Producer<String, byte[]> producer) {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
    }

    private int publish(JdbcClient jdbc, Producer<String, byte[]> producer) throws InterruptedException {
        metrics.measure();
        deleteOld(jdbc);
        var table = outbox.table();
        var rows = table.waiting(jdbc, BATCH);
        var transfer = OutboxTransfer.of(rows, producer, options.message(), options.timeout());
        if (options.history().isZero()) {
            table.delete(jdbc, transfer.published());
        } else {
            table.markPublished(jdbc, transfer.published());
        }
        transfer.rejected().forEach((row, reason) -> table.park(jdbc, row, reason));
        metrics.published(transfer.published().size());
        if (transfer.failure() != null) {
            throw new IllegalStateException("Kafka is unavailable", transfer.failure());
        }
        return rows.size();
    }

    /** In small steps, at once while there are more. */
    private void deleteOld(JdbcClient jdbc) {
        if (options.history().isZero() || System.nanoTime() - deleteAt < 0) {
            return;
        }
        if (outbox.table().deletePublished(jdbc, options.history(), DELETED_AT_ONCE) < DELETED_AT_ONCE) {
            deleteAt = System.nanoTime() + DELETE_EVERY;
        }
    }

    /** Why nothing is published; empty while this instance publishes, or another one does. */
    public Optional<String> obstacle() {
        return loop.obstacle();
    }

    public Progress progress() {
        return loop.progress();
    }

    /** Whether this instance holds the lock and publishes. */
    public boolean isRelaying() {
        return relaying;
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
