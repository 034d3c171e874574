package io.growalert.monitor.definitions;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.CloudEvent;
import io.growalert.events.Json;
import io.growalert.events.Limits;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Topics;
import io.growalert.monitor.kafka.KafkaClients;
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

/** Publishes the monitors of the definition files to {@code growalert.monitors}: changed ones, and tombstones for removed ones. */
public final class DefinitionPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(DefinitionPublisher.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LONGEST_READING = Duration.ofMinutes(2);

    private final KafkaClients kafka;
    private final String origin;
    private final InstantSource clock;
    private final MeterRegistry meters;
    /** Applies to the first publication after the start only: a later mistake must not remove running monitors. */
    private boolean prune;

    public DefinitionPublisher(
            KafkaClients kafka, String origin, boolean prune, InstantSource clock, MeterRegistry meters) {
        this.kafka = kafka;
        this.origin = origin;
        this.clock = clock;
        this.meters = meters;
        this.prune = prune;
    }

    /**
     * Publishes changed monitors, removes missing ones, and waits for the acknowledgements.
     *
     * @throws KafkaException when Kafka does not acknowledge; the next call publishes the rest
     */
    public void publish(Collection<MonitorDefinition> wanted) throws InterruptedException {
        var plan = PublishPlan.ofFiles(published(), wanted, origin, prune);
        int rejected;
        try (var producer = kafka.definitionSender()) {
            rejected = send(producer, plan);
        }
        prune = false;
        report(plan);
        count("published", plan.changed().size() - rejected);
        count("rejected", rejected);
        count("removed", plan.removed().size());
        LOG.atInfo()
                .addKeyValue("origin", origin)
                .addKeyValue("published", plan.changed().size())
                .addKeyValue("removed", plan.removed().size())
                .log("Definition files published");
    }

    /** Returns the number of definitions that are too large for a broker; they are reported, and the others are published. */
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
                .addKeyValue("origin", origin)
                .log("Definition too large for a record; not published, the others are");
    }

    /** The definitions on the topic, up to its current end. Unreadable ones count as absent. */
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
                .addKeyValue("origin", origin)
                .log("Monitor id belongs to another origin; not published, rename the monitor"));
        count("foreign", plan.foreign().size());
        if (!plan.kept().isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("origin", origin)
                    .addKeyValue("monitors", plan.kept().size())
                    .addKeyValue("monitorIds", plan.kept())
                    .log("All or more than half of the published monitors missing from the files; not removed,"
                            + " restore them or start once with growalert.monitor.prune=true");
            count("kept", plan.kept().size());
        }
    }

    private ProducerRecord<String, byte[]> record(String type, String id, byte @Nullable [] value) {
        var now = clock.instant();
        var event = new CloudEvent(id + "/" + now, KafkaClients.EVENT_SOURCE, type, id, now);
        return new ProducerRecord<>(Topics.MONITORS, null, id, value, event.headers());
    }

    private void count(String outcome, int monitors) {
        meters.counter("growalert.definitions", "outcome", outcome).increment(monitors);
    }
}
