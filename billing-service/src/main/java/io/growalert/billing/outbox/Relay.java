package io.growalert.billing.outbox;

import io.growalert.events.Topics;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Tells Kafka what is in the outbox. One instance does, while the others stand by: it reads what is not told yet, in order,
 * sends it, waits until Kafka has all of it, and only then notes that it is told. Whatever fails, it begins again with the
 * first that is not noted: nothing is left out, nothing of one key overtakes, and what is told again has the same id.
 */
final class Relay implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    private static final int BATCH = 1_000;
    private static final int FORGOTTEN_AT_ONCE = 500;
    private static final long FORGET_EVERY = Duration.ofMinutes(10).toNanos();
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Outbox outbox;
    private final OutboxSettings settings;
    private final DataSource database;
    private final Supplier<Producer<String, byte[]>> kafka;
    private final OutboxMetrics metrics;
    private final Duration patience;
    private final Progress progress;

    private long forgetAt = System.nanoTime();
    private Duration pause = SHORTEST_PAUSE;
    private volatile @Nullable Thread thread;
    private volatile @Nullable String obstacle;
    private volatile boolean relaying;
    private volatile boolean stopped;

    /** @param patience how long Kafka may take for some changes before it is connected anew */
    Relay(
            Outbox outbox,
            OutboxSettings settings,
            DataSource database,
            Supplier<Producer<String, byte[]>> kafka,
            OutboxMetrics metrics,
            Duration patience,
            Progress progress) {
        this.outbox = outbox;
        this.settings = settings;
        this.database = database;
        this.kafka = kafka;
        this.metrics = metrics;
        this.patience = patience;
        this.progress = progress;
    }

    private void run() {
        try {
            while (!stopped) {
                takeTurn();
            }
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Relays until something fails, or waits while another instance relays. */
    private void takeTurn() throws InterruptedException {
        try {
            progress.begin();
            metrics.measure();
            var session = RelaySession.open(database);
            if (session.isPresent()) {
                relay(session.get());
            } else {
                progress.end();
                obstacle = null;
                outbox.await(settings.poll());
            }
        } catch (InterruptException e) {
            throw e;
        } catch (RuntimeException e) {
            progress.failed(e);
            obstacle = String.valueOf(e.getMessage());
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("topic", Topics.BILLING)
                    .addKeyValue("pause", pause)
                    .log("Changes cannot be told; they are kept and tried again");
            rest();
        } catch (Error e) {
            progress.failed(e);
            obstacle = String.valueOf(e.getMessage());
            LOG.atError().setCause(e).log("Publishing billing events failed with an internal error; retrying");
            rest();
        }
    }

    /** A call for new changes does not cut it short. */
    private void rest() throws InterruptedException {
        long until = System.nanoTime() + pause.toNanos();
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        for (long left = until - System.nanoTime(); left > 0 && !stopped; left = until - System.nanoTime()) {
            outbox.await(Duration.ofNanos(left));
        }
    }

    private void relay(RelaySession session) throws InterruptedException {
        Producer<String, byte[]> producer = null;
        try (session) {
            producer = kafka.get();
            LOG.atInfo().addKeyValue("topic", Topics.BILLING).log("This instance relays what changes");
            relaying = true;
            while (!stopped) {
                progress.begin();
                int told = round(session, producer);
                progress.end();
                obstacle = null;
                pause = SHORTEST_PAUSE;
                if (told == 0) {
                    outbox.await(settings.poll());
                }
            }
        } finally {
            relaying = false;
            if (producer != null) {
                producer.close(Duration.ZERO);
            }
        }
    }

    private int round(RelaySession session, Producer<String, byte[]> producer) throws InterruptedException {
        metrics.measure();
        forget(session);
        var rows = session.waiting(BATCH);
        var transfer = Transfer.of(rows, producer, patience);
        session.relayed(transfer.taken());
        session.park(transfer.refused());
        metrics.relayed(transfer.taken().size());
        if (transfer.failure() != null) {
            throw new IllegalStateException("Kafka does not take what changed", transfer.failure());
        }
        return rows.size();
    }

    private void forget(RelaySession session) {
        if (System.nanoTime() - forgetAt >= 0
                && session.forget(settings.history(), FORGOTTEN_AT_ONCE) < FORGOTTEN_AT_ONCE) {
            forgetAt = System.nanoTime() + FORGET_EVERY;
        }
    }

    /** What keeps changes from being told at present; it is tried again. */
    Optional<String> obstacle() {
        return Optional.ofNullable(obstacle);
    }

    Progress progress() {
        return progress;
    }

    /** Whether it is this instance that relays. */
    boolean isRelaying() {
        return relaying;
    }

    /** Whether its thread ended though nobody stopped it: only a restart brings it back. */
    boolean isDead() {
        var running = thread;
        return running != null && !running.isAlive();
    }

    @Override
    public void start() {
        stopped = false;
        thread = Thread.ofPlatform().name("outbox-relay").start(this::run);
    }

    @Override
    public void stop() {
        var running = thread;
        if (running == null) {
            return;
        }
        stopped = true;
        outbox.wake();
        try {
            if (!running.join(GRACE)) {
                running.interrupt();
                running.join(GRACE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread = null;
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }
}
