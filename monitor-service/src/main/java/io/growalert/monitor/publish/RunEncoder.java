package io.growalert.monitor.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.alerts.Run;
import io.growalert.evaluation.threshold.Judge;
import io.growalert.evaluation.threshold.Judgement;
import io.growalert.events.CheckError;
import io.growalert.events.CheckResult;
import io.growalert.events.CloudEvent;
import io.growalert.events.Json;
import io.growalert.events.Limits;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Topics;
import io.growalert.monitor.kafka.KafkaClients;
import java.util.ArrayList;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Encodes a run as records. */
public final class RunEncoder {
    private RunEncoder() {}

    /**
     * One record for each {@link CheckResult#MAX_SERIES} series, or for fewer of them when their labels are so long that a
     * broker would reject the record. Should even a single series be too large, the run is published as an error of kind {@code value}:
     * a run that cannot be encoded must not look like a monitor that went silent.
     *
     * @param instance the id of this instance
     */
    public static Encoded encode(MonitorDefinition definition, Run run, Judgement judgement, String instance) {
        var whole = tryEncode(definition, run, judgement, instance);
        if (whole.isPresent()) {
            return new Encoded(whole, true);
        }
        var error = new Judge(definition)
                .error(CheckError.Kind.VALUE, "a series of the answer is too large for a record; no series was judged");
        return new Encoded(tryEncode(definition, run, error, instance), false);
    }

    /**
     * @param run empty when not even the error fits, because the monitor's own labels are too large
     * @param whole false when the run's judgement was replaced by an error
     */
    public record Encoded(Optional<EncodedRun> run, boolean whole) {}

    private static Optional<EncodedRun> tryEncode(
            MonitorDefinition definition, Run run, Judgement judgement, String instance) {
        for (int perPart = CheckResult.MAX_SERIES; perPart > 0; perPart /= 2) {
            var encoded = parts(definition, run, judgement, perPart, instance);
            if (encoded.isPresent()) {
                return encoded;
            }
        }
        return Optional.empty();
    }

    private static Optional<EncodedRun> parts(
            MonitorDefinition definition, Run run, Judgement judgement, int perPart, String instance) {
        var series = judgement.series();
        int parts = Math.max(1, Math.ceilDiv(series.size(), perPart));
        var records = new ArrayList<ProducerRecord<String, byte[]>>(parts);
        for (int part = 1; part <= parts; part++) {
            var result = new CheckResult(
                    definition.id(),
                    run.slot(),
                    run.startedAt(),
                    run.duration().toMillis(),
                    judgement.status(),
                    run.missedSlots(),
                    part,
                    parts,
                    definition.labels(),
                    series.subList((part - 1) * perPart, Math.min(part * perPart, series.size())),
                    judgement.error(),
                    judgement.dropped(),
                    instance);
            var value = Json.write(result);
            var event = new CloudEvent(
                    result.eventId(),
                    KafkaClients.EVENT_SOURCE,
                    CloudEvent.CHECK_RESULT,
                    definition.id(),
                    run.startedAt());
            var record = new ProducerRecord<>(Topics.CHECK_RESULTS, null, definition.id(), value, event.headers());
            if (Limits.recordBytes(definition.id().getBytes(UTF_8), value, record.headers()) > Limits.RECORD_BYTES) {
                return Optional.empty();
            }
            records.add(record);
        }
        return Optional.of(new EncodedRun(records));
    }
}
