package io.growalert.dispatcher.deadman;

import io.growalert.events.SeriesResult;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import io.growalert.runtime.selfwatch.SystemFact;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Measures the heartbeats of all partitions, and calls an external monitoring service at an interval while all are recent and
 * deliveries are made. That service alerts when the calls stop. Each instance measures; a row in the database decides which one makes a call.
 */
public final class DeadManCalls implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(DeadManCalls.class);
    private static final Duration MEASURE = Duration.ofSeconds(5);
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final Duration INTERRUPT_AFTER = Duration.ofSeconds(1);

    private final Options options;
    private final BooleanSupplier delivers;
    private final StoredHeartbeats heartbeats;
    private final ResultPartitions partitions;
    private final JdbcClient jdbc;
    private final MeterRegistry meters;
    private final Duration pause;
    private final Loop loop;
    private volatile @Nullable Liveness measured;
    private boolean wasAlive;

    /**
     * @param call null for no calls
     * @param every the interval of the calls
     * @param staleAfter how old a recent heartbeat may be
     */
    public record Options(KafkaConnection kafka, @Nullable DeadManCall call, Duration every, Duration staleAfter) {}

    /** @param delivers whether this instance makes deliveries; it makes no calls while it does not */
    public DeadManCalls(Options options, JdbcClient jdbc, MeterRegistry meters, BooleanSupplier delivers) {
        this.options = options;
        this.delivers = delivers;
        this.heartbeats = new StoredHeartbeats(jdbc);
        this.partitions = new ResultPartitions(options.kafka());
        this.jdbc = jdbc;
        this.meters = meters;
        this.pause = options.call() != null && options.every().compareTo(MEASURE) < 0 ? options.every() : MEASURE;
        this.loop = new Loop(
                "dead-man",
                "Measuring the heartbeats failed; no dead man's calls, retrying",
                Loop.Options.DEFAULT.withRetry(pause, pause).withGrace(INTERRUPT_AFTER),
                _ -> round());
        Gauge.builder("growalert.dead.man.heartbeat.age", this, DeadManCalls::oldestSeconds)
                .description("age of the oldest of the partitions' last heartbeats")
                .baseUnit("seconds")
                .register(meters);
        Gauge.builder("growalert.dead.man.late.partitions", this, DeadManCalls::latePartitions)
                .description("partitions without a recent heartbeat")
                .register(meters);
    }

    /** As measured last; empty before that, and while Kafka or the database is unreachable. */
    Optional<Liveness> liveness() {
        return Optional.ofNullable(measured);
    }

    boolean calls() {
        return options.call() != null;
    }

    Progress progress() {
        return loop.progress();
    }

    /**
     * How long results take through the chain, as a series of a system monitor; its value is the age of the oldest heartbeat in
     * seconds.
     *
     * @throws IllegalStateException while it cannot be measured
     */
    public SeriesResult lag() {
        var now = liveness().orElseThrow(() -> new IllegalStateException("the heartbeats cannot be measured"));
        double seconds = now.oldest().map(age -> age.toMillis() / 1_000.0).orElse(0.0);
        return now.isAlive()
                ? SystemFact.passed(Map.of(), seconds)
                : SystemFact.failed(
                        Map.of(),
                        seconds,
                        "no heartbeat for %d s of partitions %s"
                                .formatted(
                                        options.staleAfter().toSeconds(),
                                        now.late().keySet()));
    }

    private double oldestSeconds() {
        return liveness()
                .flatMap(Liveness::oldest)
                .map(age -> age.toMillis() / 1_000.0)
                .orElse(Double.NaN);
    }

    private double latePartitions() {
        return liveness().map(liveness -> (double) liveness.late().size()).orElse(Double.NaN);
    }

    private Duration round() throws InterruptedException {
        var now = measure();
        var call = options.call();
        if (call != null) {
            report(now);
            if (now.isAlive() && delivers.getAsBoolean() && claim()) {
                send(call);
            }
        }
        return pause;
    }

    private Liveness measure() throws InterruptedException {
        @Nullable Liveness now = null;
        try {
            now = Liveness.of(partitions.count(), heartbeats.ages(), options.staleAfter());
            return now;
        } finally {
            measured = now;
        }
    }

    private void report(Liveness now) {
        if (now.isAlive() == wasAlive) {
            return;
        }
        wasAlive = now.isAlive();
        if (wasAlive) {
            LOG.atInfo().log("Heartbeats of all partitions arrive; dead man's calls continue");
        } else {
            LOG.atWarn().addKeyValue("partitions", now.late().keySet()).log("Heartbeats late; no dead man's calls");
        }
    }

    private static final String CLAIM = """
            update dispatcher.dead_man_calls
            set due_at = clock_timestamp() + :millis * interval '1 millisecond'
            where due_at <= clock_timestamp() or due_at > clock_timestamp() + :millis * interval '1 millisecond'
            """;

    /** Whether a call is due and this instance makes it. A clock that was set back does not postpone it. */
    private boolean claim() {
        return jdbc.sql(CLAIM).param("millis", options.every().toMillis()).update() > 0;
    }

    private static final String RETRY_AFTER = """
            update dispatcher.dead_man_calls
            set due_at = least(due_at, clock_timestamp() + :millis * interval '1 millisecond')
            """;

    /** An unreachable service notices the missing call by itself; it does not make this one unhealthy. */
    private void send(DeadManCall call) throws InterruptedException {
        try {
            int status = call.send();
            count(status / 100 == 2 ? "accepted" : "refused");
            if (status / 100 == 2) {
                return;
            }
            LOG.atWarn().addKeyValue("status", status).log("Dead man's call rejected; retrying in 10 s");
        } catch (IOException e) {
            count("failed");
            LOG.atWarn()
                    .addKeyValue("reason", e.getClass().getSimpleName())
                    .log("Dead man's call failed; retrying in 10 s");
        }
        jdbc.sql(RETRY_AFTER).param("millis", RETRY.toMillis()).update();
    }

    private void count(String outcome) {
        meters.counter("growalert.dead.man.calls", "outcome", outcome).increment();
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
        partitions.close();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
