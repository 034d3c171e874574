package io.growalert.dispatcher.state;

import io.growalert.events.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Runs the alert state with its service. A broker that is away is waited for, at the start too, so that the order in
 * which things start does not matter.
 */
public final class StateStreams implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(StateStreams.class);
    private static final Duration START_RETRY = Duration.ofSeconds(1);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

    private final StateSettings settings;
    private final StateMetrics metrics;
    private final BrokerPulse pulse;
    private @Nullable KafkaStreams streams;
    private @Nullable Thread starting;

    public StateStreams(StateSettings settings, MeterRegistry registry) {
        this.settings = settings;
        this.metrics = new StateMetrics(registry);
        this.pulse = new BrokerPulse(settings.sessionTimeout().dividedBy(2));
    }

    /** Kafka Streams' own word for what it is doing; {@code CREATED} until the broker was reached. */
    public KafkaStreams.State state() {
        var running = streams;
        return running == null ? KafkaStreams.State.NOT_RUNNING : running.state();
    }

    @Override
    public synchronized void start() {
        var created = new KafkaStreams(StateTopology.build(metrics, pulse), StreamsSettings.of(settings));
        created.setUncaughtExceptionHandler(failure -> {
            LOG.atError().setCause(failure).log("The alert state's thread failed; another takes its place");
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        pulse.listenTo(created);
        streams = created;
        starting = Thread.ofVirtual().name("alert-state-start").start(() -> startWhenReachable(created));
    }

    private void startWhenReachable(KafkaStreams created) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                createTopics();
                created.start();
                return;
            } catch (InterruptException e) {
                return;
            } catch (KafkaException e) {
                LOG.atWarn()
                        .addKeyValue("bootstrapServers", settings.bootstrapServers())
                        .addKeyValue("reason", e.getMessage())
                        .log("Kafka cannot be reached; the alert state tries again");
                if (!pause()) {
                    return;
                }
            } catch (IllegalStateException e) {
                LOG.atError().setCause(e).log("The alert state cannot start");
                return;
            }
        }
    }

    private void createTopics() {
        try (var admin = Admin.create(Map.of(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                settings.bootstrapServers(),
                CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG,
                10_000,
                CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG,
                5_000))) {
            Topics.createMissing(admin, settings.partitions(), StateTopology.TOPICS);
        }
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
        if (streams != null) {
            // one that never reached the broker has no group to leave
            boolean joined = streams.state() != KafkaStreams.State.CREATED;
            boolean inTime = streams.close(
                    new KafkaStreams.CloseOptions().timeout(STOP_WITHIN).leaveGroup(joined));
            if (!inTime) {
                LOG.atWarn().log("The alert state did not stop in time; what it had not committed is done again");
            }
            streams = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return streams != null;
    }

    /** Stopped before the consumers of its events. */
    @Override
    public int getPhase() {
        return SmartLifecycle.DEFAULT_PHASE - 50;
    }
}
