package io.growalert.events;

import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.SerializedString;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Check results as JSON, the same bytes that the mapper writes by reflection, for less: every run is encoded, and names and
 * statuses are encoded only once here.
 */
final class CheckResultWriter extends StdSerializer<CheckResult> {
    private static final SerializableString MONITOR = new SerializedString("monitor");
    private static final SerializableString SLOT = new SerializedString("slot");
    private static final SerializableString STARTED_AT = new SerializedString("startedAt");
    private static final SerializableString DURATION_MS = new SerializedString("durationMs");
    private static final SerializableString STATUS = new SerializedString("status");
    private static final SerializableString MISSED_SLOTS = new SerializedString("missedSlots");
    private static final SerializableString PART = new SerializedString("part");
    private static final SerializableString PARTS = new SerializedString("parts");
    private static final SerializableString LABELS = new SerializedString("labels");
    private static final SerializableString SERIES = new SerializedString("series");
    private static final SerializableString ERROR = new SerializedString("error");
    private static final SerializableString DROPPED = new SerializedString("dropped");
    private static final SerializableString INSTANCE = new SerializedString("instance");
    private static final SerializableString VALUE = new SerializedString("value");
    private static final SerializableString REASON = new SerializedString("reason");

    private static final SerializableString PASSED = new SerializedString("PASSED");
    private static final SerializableString DEGRADED = new SerializedString("DEGRADED");
    private static final SerializableString FAILED = new SerializedString("FAILED");
    private static final SerializableString NO_DATA = new SerializedString("NO_DATA");

    CheckResultWriter() {
        super(CheckResult.class);
    }

    @Override
    public void serialize(CheckResult result, JsonGenerator json, SerializationContext context) {
        json.writeStartObject();
        json.writeName(MONITOR).writeString(result.monitor());
        json.writeName(SLOT).writeString(InstantText.of(result.slot()));
        json.writeName(STARTED_AT).writeString(InstantText.of(result.startedAt()));
        json.writeName(DURATION_MS).writeNumber(result.durationMs());
        json.writeName(STATUS).writeString(text(result.status()));
        json.writeName(MISSED_SLOTS).writeNumber(result.missedSlots());
        json.writeName(PART).writeNumber(result.part());
        json.writeName(PARTS).writeNumber(result.parts());
        labels(result.labels(), json);
        json.writeName(SERIES).writeStartArray();
        for (var series : result.series()) {
            series(series, json);
        }
        json.writeEndArray();
        rest(result, json, context);
        json.writeEndObject();
    }

    private static void series(SeriesResult series, JsonGenerator json) {
        json.writeStartObject();
        labels(series.labels(), json);
        json.writeName(VALUE).writeNumber(series.value());
        json.writeName(STATUS).writeString(text(series.status()));
        if (series.reason() != null) {
            json.writeName(REASON).writeString(series.reason());
        }
        json.writeEndObject();
    }

    /** In order, so that equal values are equal bytes. */
    private static void labels(Map<String, String> labels, JsonGenerator json) {
        json.writeName(LABELS).writeStartObject();
        var inOrder = labels.size() > 1 ? new TreeMap<>(labels) : labels;
        inOrder.forEach((name, value) -> json.writeName(name).writeString(value));
        json.writeEndObject();
    }

    private static void rest(CheckResult result, JsonGenerator json, SerializationContext context) {
        if (result.error() != null) {
            json.writeName(ERROR);
            context.writeValue(json, result.error());
        }
        if (result.dropped() != null) {
            json.writeName(DROPPED);
            context.writeValue(json, result.dropped());
        }
        if (result.instance() != null) {
            json.writeName(INSTANCE).writeString(result.instance());
        }
    }

    private static SerializableString text(Status status) {
        return switch (status) {
            case PASSED -> PASSED;
            case DEGRADED -> DEGRADED;
            case FAILED -> FAILED;
            case NO_DATA -> NO_DATA;
        };
    }
}
