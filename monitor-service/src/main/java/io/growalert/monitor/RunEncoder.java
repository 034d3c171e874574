package io.growalert.monitor;

import io.growalert.alerts.Run;
import io.growalert.events.CheckResult;
import io.growalert.events.CloudEvent;
import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Topics;
import java.util.ArrayList;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Turns a run into the records that tell of it. */
final class RunEncoder {
    private RunEncoder() {}

    /**
     * One record for each {@link CheckResult#MAX_SERIES} series, or for fewer of them when their labels are so long that a
     * broker would refuse the record; empty when even a single series is too large.
     */
    static Optional<EncodedRun> encode(MonitorDefinition definition, Run run, Outcome outcome) {
        for (int perPart = CheckResult.MAX_SERIES; perPart > 0; perPart /= 2) {
            var encoded = encode(definition, run, outcome, perPart);
            if (encoded.isPresent()) {
                return encoded;
            }
        }
        return Optional.empty();
    }

    private static Optional<EncodedRun> encode(MonitorDefinition definition, Run run, Outcome outcome, int perPart) {
        var series = outcome.series();
        int parts = Math.max(1, Math.ceilDiv(series.size(), perPart));
        var records = new ArrayList<ProducerRecord<String, byte[]>>(parts);
        for (int part = 1; part <= parts; part++) {
            var result = new CheckResult(
                    definition.id(),
                    run.slot(),
                    run.startedAt(),
                    run.duration().toMillis(),
                    outcome.status(),
                    run.missedSlots(),
                    part,
                    parts,
                    definition.labels(),
                    series.subList((part - 1) * perPart, Math.min(part * perPart, series.size())),
                    outcome.error(),
                    null);
            var value = Json.write(result);
            if (value.length > Kafka.MAX_VALUE_BYTES) {
                return Optional.empty();
            }
            var event = new CloudEvent(
                    result.eventId(),
                    DefinitionPublisher.SOURCE,
                    CloudEvent.CHECK_RESULT,
                    definition.id(),
                    run.startedAt());
            records.add(new ProducerRecord<>(Topics.CHECK_RESULTS, null, definition.id(), value, event.headers()));
        }
        return Optional.of(new EncodedRun(records));
    }
}
