package io.growalert.runtime.selfwatch;

import io.growalert.events.CheckError;
import io.growalert.events.CheckResult;
import io.growalert.events.CloudEvent;
import io.growalert.events.Json;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.events.SystemMonitor;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.RenewedProducer;
import io.growalert.runtime.kafka.TopicCreator;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Publishes a service's {@link SystemFact}s as check results of the system monitors. The slots are multiples of the interval, so that
 * instances which know the same facts publish the same result, which is judged once. A result that Kafka does not acknowledge is lost:
 * the next one follows. It never creates the topic, whose settings belong to the other services.
 */
public final class SystemReport implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(SystemReport.class);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration INTERRUPT_AFTER = Duration.ofSeconds(1);

    private final KafkaConnection connection;
    private final String service;
    private final List<SystemFact> facts;
    /** Two instances publish results of one slot, and no two events have the same id. */
    private final UUID run = UUID.randomUUID();

    private final Duration every;
    private final InstantSource clock;
    private final RenewedProducer<String, byte[]> producer;
    private final Loop loop;
    private final Set<SystemMonitor> unreadable = EnumSet.noneOf(SystemMonitor.class);
    private @Nullable Instant published;
    private volatile boolean waitsForTopic;

    public SystemReport(KafkaConnection connection, SystemMonitor.Component component, List<SystemFact> facts) {
        this(connection, component, facts, SystemMonitor.EVERY, InstantSource.system());
    }

    SystemReport(
            KafkaConnection connection,
            SystemMonitor.Component component,
            List<SystemFact> facts,
            Duration every,
            InstantSource clock) {
        this.connection = connection;
        this.service = component.text();
        this.facts = List.copyOf(facts);
        this.every = every;
        this.clock = clock;
        this.producer = new RenewedProducer<>(this::connect, Duration.ZERO);
        this.loop = new Loop(
                "system-report",
                "Publishing the results of the system monitors failed; retrying",
                Loop.Options.DEFAULT.withRetry(RETRY, RETRY).withGrace(INTERRUPT_AFTER),
                _ -> round());
    }

    /** For the service's health and metrics. */
    public Progress progress() {
        return loop.progress();
    }

    /** Whether the topic did not exist at the last slot. */
    boolean isWaitingForTopic() {
        return waitsForTopic;
    }

    /** The first results follow at the first slot after the start. */
    private Duration round() throws InterruptedException {
        var now = clock.instant();
        var slot = Instant.ofEpochMilli(now.toEpochMilli() / every.toMillis() * every.toMillis());
        var before = published;
        if (before == null) {
            published = slot;
        } else if (slot.isAfter(before)) {
            publish(slot);
            published = slot;
        }
        return Duration.between(clock.instant(), slot.plus(every)).plusMillis(1);
    }

    private void publish(Instant slot) throws InterruptedException {
        if (!producer.isConnected() && !TopicCreator.exists(connection, Topics.CHECK_RESULTS, LIMIT)) {
            waitsForTopic = true;
            return;
        }
        waitsForTopic = false;
        producer.send(facts.stream().map(fact -> record(fact, slot)).toList());
    }

    private ProducerRecord<String, byte[]> record(SystemFact fact, Instant slot) {
        var started = clock.instant();
        List<SeriesResult> series = List.of();
        CheckError error = null;
        try {
            series = fact.measurement().read();
        } catch (Exception e) {
            error = new CheckError(
                    CheckError.Kind.SOURCE,
                    "the fact is unreadable: " + e.getClass().getSimpleName());
            unreadable(fact, e);
        }
        if (error == null && unreadable.remove(fact.monitor())) {
            LOG.atInfo().addKeyValue("monitorId", fact.monitor().id()).log("System fact readable again");
        }
        var worst = error != null || series.stream().anyMatch(each -> each.status() == Status.FAILED)
                ? Status.FAILED
                : Status.PASSED;
        var result = new CheckResult(
                fact.monitor().id(),
                slot,
                started,
                Math.max(0, Duration.between(started, clock.instant()).toMillis()),
                worst,
                0,
                1,
                1,
                Map.of("service", service),
                series,
                error,
                null);
        var headers = new CloudEvent(
                        result.eventId() + "/" + run,
                        "/growalert/" + service,
                        CloudEvent.CHECK_RESULT,
                        result.monitor(),
                        started)
                .headers();
        return new ProducerRecord<>(Topics.CHECK_RESULTS, null, result.monitor(), Json.write(result), headers);
    }

    private void unreadable(SystemFact fact, Exception cause) {
        if (unreadable.add(fact.monitor())) {
            LOG.atWarn()
                    .setCause(cause)
                    .addKeyValue("monitorId", fact.monitor().id())
                    .log("System fact unreadable; publishing an error");
        }
    }

    private Producer<String, byte[]> connect() {
        int limit = (int) LIMIT.toMillis();
        Map<String, Object> settings = connection.client(Map.of(
                CommonClientConfigs.CLIENT_ID_CONFIG,
                "growalert-system-report-" + service,
                CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG,
                false,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                limit,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                limit / 2,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                limit,
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                4L << 20));
        return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
        producer.close();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
