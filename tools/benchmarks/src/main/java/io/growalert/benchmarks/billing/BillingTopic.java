package io.growalert.benchmarks.billing;

import io.growalert.benchmarks.report.Report;
import io.growalert.events.BillingEvent;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** All events on {@code growalert.billing}, compared with what its consumers are promised. */
final class BillingTopic {
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<String, Integer> partitions = new HashMap<>();
    private final Map<String, StringJoiner> order = new LinkedHashMap<>();
    private final Map<String, BillingEvent> last = new HashMap<>();
    private final List<String> changedDuplicates = new ArrayList<>();
    private final List<String> wrongKeys = new ArrayList<>();
    private final List<String> wrongVersions = new ArrayList<>();
    private final List<String> backwards = new ArrayList<>();
    private int duplicates;

    private BillingTopic() {}

    /** Reads everything up to the end that the topic has now. */
    static BillingTopic read(String broker) {
        var topic = new BillingTopic();
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            var all = consumer.partitionsFor(Topics.BILLING).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            var ends = consumer.endOffsets(all);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(topic::take);
            }
        }
        return topic;
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        var event = Json.read(record.value(), BillingEvent.class);
        var earlier = ids.putIfAbsent(event.id(), Arrays.hashCode(record.value()));
        if (earlier != null) {
            duplicates++;
            if (earlier != Arrays.hashCode(record.value())) {
                changedDuplicates.add(event.id());
            }
            return;
        }
        var partition = partitions.putIfAbsent(record.key(), record.partition());
        if (!event.key().equals(record.key()) || (partition != null && partition != record.partition())) {
            wrongKeys.add("%s in partition %d".formatted(record.key(), record.partition()));
        }
        order.computeIfAbsent(record.key(), key -> new StringJoiner(" ")).add(event.id());
        var object = BillingEvent.kind(event.record()) + " " + event.record().id();
        var before = last.put(object, event);
        long expected = before == null ? 1 : before.version() + 1;
        if (event.version() != expected) {
            wrongVersions.add("%s has version %d where %d was next".formatted(object, event.version(), expected));
        }
        if (before != null && event.asOf().isBefore(before.asOf())) {
            backwards.add("%s goes from %s to %s".formatted(object, before.asOf(), event.asOf()));
        }
    }

    int size() {
        return ids.size();
    }

    int duplicates() {
        return duplicates;
    }

    /** Whether ids, keys, versions and order are as promised, and the last event of each object is its row. */
    void judge(Report report, BillingDatabase database) throws java.sql.SQLException {
        Report.print("%,d events published of %,d objects, %,d of them more than once"
                .formatted(size() + duplicates, last.size(), duplicates));
        report.check("a repeated event under the same id is the same", changedDuplicates);
        report.check("all events of a customer are under its id in one partition", wrongKeys);
        report.check("the versions of each object rise from 1 without gaps", wrongVersions);
        report.check("no object goes back in time", backwards);
        var joined = new HashMap<String, String>();
        order.forEach((key, all) -> joined.put(key, all.toString()));
        report.checkEqual("the order of each customer's events", database.publishedIds(), joined);
        report.check("the last event of each object equals its row", new LastEvents(last).unlike(database));
    }
}
