package io.growalert.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.CloudEvent;
import io.growalert.events.Json;
import io.growalert.events.Limits;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Brings the topic of the monitors to what the definition files say. */
@Component
final class DefinitionPublisher {
    static final String SOURCE = "/growalert/monitor-service";
    private static final Logger LOG = LoggerFactory.getLogger(DefinitionPublisher.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LONGEST_READING = Duration.ofMinutes(2);

    private final Kafka kafka;
    private final MonitorServiceSettings settings;
    private final InstantSource clock;
    private final MeterRegistry meters;
    /** Asked for at the start, it is meant for the files of the start: a later slip is not to remove what runs. */
    private boolean prune;

    DefinitionPublisher(Kafka kafka, MonitorServiceSettings settings, InstantSource clock, MeterRegistry meters) {
        this.kafka = kafka;
        this.settings = settings;
        this.clock = clock;
        this.meters = meters;
        this.prune = settings.prune();
    }

    /**
     * Publishes what changed and removes what is gone, and waits until Kafka has it. The first call that succeeds may remove
     * as many as it likes when the settings say so, later ones not.
     *
     * @throws KafkaException when it does not; what was published is published, and the next call does the rest
     */
    void publish(Collection<MonitorDefinition> wanted) throws InterruptedException {
        var plan = PublishPlan.of(published(), wanted, settings.origin(), prune);
        int rejected;
        try (var producer = kafka.sender()) {
            rejected = send(producer, plan);
        }
        prune = false;
        report(plan);
        count("published", plan.changed().size() - rejected);
        count("rejected", rejected);
        count("removed", plan.removed().size());
        LOG.atInfo()
                .addKeyValue("origin", settings.origin())
                .addKeyValue("published", plan.changed().size())
                .addKeyValue("removed", plan.removed().size())
                .log("the definition files are published");
    }

    /** Answers how many definitions no broker takes: they are reported, and the others are published. */
    private int send(Producer<String, byte[]> producer, PublishPlan plan) throws InterruptedException {
        int rejected = 0;
        var sent = new LinkedHashMap<String, Future<RecordMetadata>>();
        for (var definition : plan.changed()) {
            var record = record(CloudEvent.MONITOR_DEFINED, definition.id(), Json.write(definition));
            if (Limits.recordBytes(definition.id().getBytes(UTF_8), record.value(), record.headers())
                    > Limits.RECORD_BYTES) {
                rejected++;
                tooLarge(definition.id());
            } else {
                sent.put(definition.id(), producer.send(record));
            }
        }
        plan.removed().forEach(id -> sent.put(id, producer.send(record(CloudEvent.MONITOR_REMOVED, id, null))));
        for (var future : sent.entrySet()) {
            try {
                future.getValue().get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof RecordTooLargeException)) {
                    throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
                }
                rejected++;
                tooLarge(future.getKey());
            }
        }
        return rejected;
    }

    private void tooLarge(String id) {
        LOG.atError()
                .addKeyValue("monitorId", id)
                .addKeyValue("files", settings.files())
                .log("Definition too large for a record; not published, the others are");
    }

    /** The definitions on the topic, up to its present end. What cannot be read there is as good as absent. */
    private Map<String, MonitorDefinition> published() {
        var published = new HashMap<String, MonitorDefinition>();
        long begun = System.nanoTime();
        try (var reader = kafka.reader()) {
            var partitions = reader.partitionsFor(Topics.MONITORS).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            var ends = reader.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(partition -> reader.position(partition) < ends.getOrDefault(partition, 0L))) {
                if (System.nanoTime() - begun > LONGEST_READING.toNanos()) {
                    throw new TimeoutException("the end of %s was not reached".formatted(Topics.MONITORS));
                }
                for (var record : reader.poll(POLL)) {
                    var definition = readable(record.value());
                    if (definition == null) {
                        published.remove(record.key());
                    } else {
                        published.put(record.key(), definition);
                    }
                }
            }
        }
        return published;
    }

    private static @Nullable MonitorDefinition readable(byte @Nullable [] value) {
        try {
            return value == null ? null : Json.read(value, MonitorDefinition.class);
        } catch (RuntimeException | StackOverflowError e) {
            return null;
        }
    }

    private void report(PublishPlan plan) {
        plan.foreign().forEach(definition -> LOG.atError()
                .addKeyValue("monitorId", definition.id())
                .addKeyValue("origin", settings.origin())
                .log("this monitor's id belongs to another origin; it is not published, rename it"));
        count("foreign", plan.foreign().size());
        if (!plan.kept().isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("origin", settings.origin())
                    .addKeyValue("monitorIds", plan.kept())
                    .log(
                            "the files lack all or more than half of the monitors published before, {} of them; they are kept"
                                    + " and go on running: put them back, or start once with growalert.monitor.prune=true",
                            plan.kept().size());
            count("kept", plan.kept().size());
        }
    }

    private ProducerRecord<String, byte[]> record(String type, String id, byte @Nullable [] value) {
        var now = clock.instant();
        var event = new CloudEvent(id + "/" + now, SOURCE, type, id, now);
        return new ProducerRecord<>(Topics.MONITORS, null, id, value, event.headers());
    }

    private void count(String outcome, int monitors) {
        meters.counter("growalert.definitions", "outcome", outcome).increment(monitors);
    }
}
