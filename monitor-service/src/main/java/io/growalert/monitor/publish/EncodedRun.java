package io.growalert.monitor.publish;

import io.growalert.events.CloudEvent;
import io.growalert.events.Heartbeat;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.monitor.kafka.KafkaClients;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The records of a whole run.
 *
 * @param records its parts, in order
 * @param bytes an estimate of its memory
 */
public record EncodedRun(List<ProducerRecord<String, byte[]>> records, long bytes) {
    /** Key, headers and objects of one record, by estimate. */
    private static final int OVERHEAD = 1_000;

    EncodedRun(List<ProducerRecord<String, byte[]>> records) {
        this(List.copyOf(records), records.stream().mapToLong(EncodedRun::bytes).sum());
    }

    /** A heartbeat of a partition, which takes the way of its runs. */
    static EncodedRun heartbeat(int partition, Instant now) {
        var result = Heartbeat.result(now);
        var event = new CloudEvent(
                partition + "/" + result.eventId(),
                KafkaClients.EVENT_SOURCE,
                CloudEvent.CHECK_RESULT,
                Heartbeat.MONITOR,
                now);
        return new EncodedRun(List.of(new ProducerRecord<>(
                Topics.CHECK_RESULTS, partition, null, Heartbeat.MONITOR, Json.write(result), event.headers())));
    }

    boolean isHeartbeat() {
        return isHeartbeat(records.getFirst());
    }

    static boolean isHeartbeat(ProducerRecord<String, byte[]> record) {
        return Heartbeat.MONITOR.equals(record.key());
    }

    static long bytes(ProducerRecord<String, byte[]> record) {
        return (long) record.value().length + OVERHEAD;
    }
}
