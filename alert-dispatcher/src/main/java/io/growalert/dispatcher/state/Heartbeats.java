package io.growalert.dispatcher.state;

import io.growalert.events.CheckResult;
import io.growalert.events.CloudEvent;
import io.growalert.events.Heartbeat;
import io.growalert.events.Json;
import java.time.Instant;
import org.apache.kafka.streams.processor.api.Record;

/** The heartbeats among the check results. */
final class Heartbeats {
    private static final byte[] NOTHING = {};

    private Heartbeats() {}

    /**
     * The record for growalert.heartbeats.
     *
     * @throws IllegalArgumentException when the value is no check result
     */
    static Record<String, byte[]> passing(Record<String, byte[]> record, int partition) {
        var value = record.value() == null ? NOTHING : record.value();
        var sent = Json.read(value, CheckResult.class).slot();
        var appended = Instant.ofEpochMilli(record.timestamp());
        var heartbeat = new Heartbeat(partition, sent.isBefore(appended) ? sent : appended);
        var key = String.valueOf(partition);
        var headers = new CloudEvent(
                        key + "/" + heartbeat.sentAt(),
                        "/growalert/alert-dispatcher",
                        CloudEvent.HEARTBEAT,
                        key,
                        heartbeat.sentAt())
                .headers();
        return new Record<>(key, Json.write(heartbeat), record.timestamp(), headers);
    }
}
