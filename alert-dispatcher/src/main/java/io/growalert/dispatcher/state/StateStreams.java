package io.growalert.dispatcher.state;

import io.growalert.runtime.entitlement.CustomerPauses;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.config.KafkaStreamsCustomizer;
import org.springframework.kafka.config.KafkaStreamsInfrastructureCustomizer;
import org.springframework.kafka.config.StreamsBuilderFactoryBean;

/**
 * Runs the alert state. Spring for Apache Kafka builds, starts and closes Kafka Streams; a loop calls its start until the broker
 * is reachable and the topics are usable, so that services start in any order, and then measures the lag.
 */
public final class StateStreams implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(StateStreams.class);
    private static final Duration START_RETRY = Duration.ofSeconds(1);
    private static final Duration SAMPLE = Duration.ofSeconds(5);
    /** The stop waits for a start under way, then interrupts the creation of topics. */
    private static final Duration GRACE = Duration.ofSeconds(3);

    private static final int CLOSE_SECONDS = 10;

    private final KafkaConnection connection;
    private final TopicCreator topics;
    private final ThreadDeaths deaths = new ThreadDeaths(System::nanoTime);
    private final StreamsBuilderFactoryBean factory;
    private final Loop loop = new Loop(
            "alert-state",
            "Starting the alert state failed; retrying",
            Loop.Options.DEFAULT.withRetry(START_RETRY, START_RETRY).withGrace(GRACE),
            this::round);
    private volatile @Nullable Admin admin;
    private volatile @Nullable StateLag lag;

    /** @param pauses which customers' monitors are paused */
    public StateStreams(StateSettings settings, CustomerPauses pauses, MeterRegistry registry) {
        this(settings, pauses, registry, UnaryOperator.identity());
    }

    /** @param clients wraps what creates Kafka Streams' clients */
    StateStreams(
            StateSettings settings,
            CustomerPauses pauses,
            MeterRegistry registry,
            UnaryOperator<KafkaClientSupplier> clients) {
        this.connection = settings.connection();
        this.topics = new TopicCreator(settings.connection(), settings.partitions());
        var pulse = new BrokerPulse(settings.sessionTimeout().dividedBy(2));
        this.factory = factory(settings, new StateMetrics(registry), pauses, pulse, deaths, clients);
    }

    private static StreamsBuilderFactoryBean factory(
            StateSettings settings,
            StateMetrics metrics,
            CustomerPauses pauses,
            BrokerPulse pulse,
            ThreadDeaths deaths,
            UnaryOperator<KafkaClientSupplier> wrapped) {
        var factory = new StreamsBuilderFactoryBean();
        factory.setStreamsConfiguration(StreamsSettings.of(settings));
        factory.setInfrastructureCustomizer(new KafkaStreamsInfrastructureCustomizer() {
            @Override
            public void configureTopology(Topology topology) {
                StateTopology.addTo(topology, metrics, pulse, settings.ownAlertDelay(), pauses);
            }
        });
        factory.setKafkaStreamsCustomizer(new KafkaStreamsCustomizer() {
            @Override
            public KafkaStreams initKafkaStreams(
                    Topology topology, Properties properties, KafkaClientSupplier clients) {
                var paced = wrapped.apply(new PacedClients(clients, metrics.commits()));
                return new KafkaStreams(topology, properties, paced, new SteadyTime());
            }

            @Override
            public void customize(KafkaStreams streams) {
                pulse.listenTo(streams);
            }
        });
        factory.setStreamsUncaughtExceptionHandler(failure -> {
            deaths.died(failure);
            LOG.atError().setCause(failure).log("Alert state thread died; replacing it");
            deaths.backOff();
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
        // another instance takes the partitions over at once
        factory.setLeaveGroupOnClose(true);
        factory.setCloseTimeout(CLOSE_SECONDS);
        try {
            factory.afterPropertiesSet();
        } catch (Exception e) {
            throw new IllegalStateException("the topology of the alert state is invalid", e);
        }
        factory.afterSingletonsInstantiated();
        return factory;
    }

    /** Kafka Streams' state; {@code NOT_RUNNING} until the broker was reached. */
    public KafkaStreams.State state() {
        var running = factory.getKafkaStreams();
        return running == null ? KafkaStreams.State.NOT_RUNNING : running.state();
    }

    /** Why it counts as stalled although it runs: repeated deaths of its threads, or lag without progress. */
    public Optional<String> stalled() {
        if (loop.isDead()) {
            return Optional.of("the thread %s ended; the lag is unknown".formatted(loop.threadName()));
        }
        var measured = lag;
        if (measured == null) {
            return deaths.repeated();
        }
        return deaths.repeated().or(this::withoutThread).or(measured::stalled);
    }

    private Optional<String> withoutThread() {
        var running = factory.getKafkaStreams();
        return running != null && isWithoutThread(running)
                ? Optional.of("its thread died and could not be replaced; retrying")
                : Optional.empty();
    }

    /** Why it cannot start at present; the start is retried. */
    public Optional<String> obstacle() {
        return loop.obstacle();
    }

    Progress progress() {
        return loop.progress();
    }

    @Override
    public void start() {
        loop.start();
    }

    private Duration round(Loop loop) {
        var started = lag;
        if (started != null) {
            try {
                addMissingThread(Objects.requireNonNull(factory.getKafkaStreams()));
            } finally {
                started.sample();
            }
            return SAMPLE;
        }
        topics.createMissing(StateTopology.TOPICS);
        factory.start();
        var connected = Admin.create(
                connection.client(Map.of(CommonClientConfigs.CLIENT_ID_CONFIG, "growalert-alert-state-lag")));
        admin = connected;
        lag = new StateLag(connected, Objects.requireNonNull(factory.getKafkaStreams()));
        return SAMPLE;
    }

    /**
     * A dead thread whose replacement could not create its clients stays dead, and Kafka Streams runs with none. A thread under replacement is
     * alive until its replacement exists.
     */
    private static void addMissingThread(KafkaStreams streams) {
        if (isWithoutThread(streams)) {
            streams.addStreamThread()
                    .ifPresent(name ->
                            LOG.atInfo().addKeyValue("thread", name).log("Alert state thread added for a dead one"));
        }
    }

    private static boolean isWithoutThread(KafkaStreams streams) {
        return streams.metadataForLocalThreads().isEmpty();
    }

    /** Stops for good: leaves the group. */
    @Override
    public void stop() {
        if (!loop.isRunning()) {
            return;
        }
        loop.stop();
        var connected = admin;
        if (connected != null) {
            connected.close(Duration.ZERO);
        }
        var running = factory.getKafkaStreams();
        factory.stop();
        if (running != null && running.state() != KafkaStreams.State.NOT_RUNNING) {
            LOG.atWarn().log("Alert state did not stop in time; what it did not commit is processed again");
        }
        admin = null;
        lag = null;
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }

    /** Stopped before the consumers of its events. */
    @Override
    public int getPhase() {
        return SmartLifecycle.DEFAULT_PHASE - 50;
    }
}
