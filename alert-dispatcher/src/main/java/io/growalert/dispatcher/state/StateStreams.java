package io.growalert.dispatcher.state;

import io.growalert.runtime.kafka.TopicCreator;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;

/**
 * Runs the alert state with its service. A broker that is away is waited for, at the start too, so that the order in
 * which things start does not matter.
 */
public final class StateStreams implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(StateStreams.class);
    private static final Duration START_RETRY = Duration.ofSeconds(1);
    private static final Duration SAMPLE = Duration.ofSeconds(5);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

    private final StateSettings settings;
    private final StateMetrics metrics;
    private final BrokerPulse pulse;
    private final ThreadDeaths deaths = new ThreadDeaths(System::nanoTime);
    private volatile @Nullable KafkaStreams streams;
    private volatile @Nullable Sampler sampler;
    private volatile @Nullable String obstacle;
    private @Nullable Thread starting;

    public StateStreams(StateSettings settings, MeterRegistry registry) {
        this.settings = settings;
        this.metrics = new StateMetrics(registry);
        this.pulse = new BrokerPulse(settings.sessionTimeout().dividedBy(2));
    }

    /** Kafka Streams' own word for what it is doing; {@code NOT_RUNNING} until the broker was reached. */
    public KafkaStreams.State state() {
        var running = streams;
        return running == null ? KafkaStreams.State.NOT_RUNNING : running.state();
    }

    /** Why it counts as stalled although it runs: threads that die again and again, or lag without progress. */
    public Optional<String> stalled() {
        var sampling = sampler;
        return deaths.repeated()
                .or(() -> sampling == null ? Optional.empty() : sampling.lag().stalled());
    }

    /** What keeps it from starting; it is tried again. */
    public Optional<String> obstacle() {
        return Optional.ofNullable(obstacle);
    }

    @Override
    public synchronized void start() {
        starting = Thread.ofVirtual().name("alert-state-start").start(this::startWhenReachable);
    }

    private void startWhenReachable() {
        do {
            try {
                createTopics();
                create();
                obstacle = null;
                return;
            } catch (InterruptException e) {
                return;
            } catch (KafkaException | IllegalStateException e) {
                waitFor(e);
            }
        } while (pause());
    }

    /** Says once what is in the way, for as long as it is the same. */
    private void waitFor(RuntimeException e) {
        var reason = String.valueOf(NestedExceptionUtils.getMostSpecificCause(e).getMessage());
        if (!reason.equals(obstacle)) {
            obstacle = reason;
            LOG.atLevel(e instanceof IllegalStateException ? Level.ERROR : Level.WARN)
                    .addKeyValue("bootstrapServers", settings.bootstrapServers())
                    .addKeyValue("reason", reason)
                    .log("Starting the alert state failed; retrying");
        }
    }

    /** After the topics are there, since it takes a broker whose name can be resolved. */
    private synchronized void create() {
        if (starting != Thread.currentThread()) {
            return;
        }
        var created = new KafkaStreams(
                StateTopology.build(metrics, pulse, settings.ownAlertDelay()),
                StreamsSettings.of(settings),
                new SteadyTime());
        created.setUncaughtExceptionHandler(failure -> {
            deaths.died(failure);
            LOG.atError().setCause(failure).log("Alert state thread died; replacing it");
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        pulse.listenTo(created);
        streams = created;
        created.start();
        sampler = Sampler.start(settings.bootstrapServers(), created);
    }

    /** Measures the lag from time to time. */
    private record Sampler(Admin admin, ScheduledExecutorService timer, StateLag lag) implements AutoCloseable {
        static Sampler start(String bootstrapServers, KafkaStreams streams) {
            var admin = Admin.create(Map.of(
                    CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                    bootstrapServers,
                    CommonClientConfigs.CLIENT_ID_CONFIG,
                    "growalert-alert-state-lag"));
            var timer = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("alert-state-lag").factory());
            var lag = new StateLag(admin, streams);
            var _ = timer.scheduleWithFixedDelay(
                    lag::sample, SAMPLE.toMillis(), SAMPLE.toMillis(), TimeUnit.MILLISECONDS);
            return new Sampler(admin, timer, lag);
        }

        @Override
        public void close() {
            timer.shutdownNow();
            admin.close(Duration.ZERO);
        }
    }

    private void createTopics() {
        new TopicCreator(settings.bootstrapServers(), settings.partitions()).createMissing(StateTopology.TOPICS);
    }

    private static boolean pause() {
        try {
            Thread.sleep(START_RETRY);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Stops for good: the group is left, and others take the partitions over at once. */
    @Override
    public synchronized void stop() {
        if (starting != null) {
            starting.interrupt();
            starting = null;
        }
        var sampling = sampler;
        if (sampling != null) {
            sampling.close();
            sampler = null;
        }
        var running = streams;
        if (running != null) {
            boolean inTime = running.close(
                    new KafkaStreams.CloseOptions().timeout(STOP_WITHIN).leaveGroup(true));
            if (!inTime) {
                LOG.atWarn().log("The alert state did not stop in time; what it had not committed is done again");
            }
            streams = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return starting != null;
    }

    /** Stopped before the consumers of its events. */
    @Override
    public int getPhase() {
        return SmartLifecycle.DEFAULT_PHASE - 50;
    }
}
