package io.growalert.events;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.sym.PropertyNameMatcher;
import tools.jackson.core.util.Named;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads check results as this version and earlier ones write them, in any order of fields and with unknown ones, for less than the
 * mapper does by reflection. It leaves everything else to the mapper, which decides what is readable and creates the error
 * message: a null, a missing or repeated field, a value of another type, anything malformed.
 */
final class CheckResultReader {
    private static final int MONITOR = 0;
    private static final int SLOT = 1;
    private static final int STARTED_AT = 2;
    private static final int DURATION_MS = 3;
    private static final int STATUS = 4;
    private static final int MISSED_SLOTS = 5;
    private static final int PART = 6;
    private static final int PARTS = 7;
    private static final int LABELS = 8;
    private static final int SERIES = 9;
    private static final int ERROR = 10;
    private static final int DROPPED = 11;
    private static final int INSTANCE = 12;
    private static final int REQUIRED = (1 << ERROR) - 1;

    private static final int SERIES_LABELS = 0;
    private static final int SERIES_VALUE = 1;
    private static final int SERIES_STATUS = 2;
    private static final int SERIES_REASON = 3;
    private static final int SERIES_REQUIRED = (1 << SERIES_REASON) - 1;

    private final JsonMapper mapper;
    private final PropertyNameMatcher fields;
    private final PropertyNameMatcher seriesFields;
    private final ObjectReader errors;
    private final ObjectReader droppedRows;

    /** The JSON is for the mapper. It is no error, so it has no stack trace. */
    private static final class Unusual extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Unusual() {
            super("for the mapper", null, false, false);
        }
    }

    /** @param mapper whose factory makes the parsers, with its limits */
    CheckResultReader(JsonMapper mapper) {
        this.mapper = mapper;
        fields = matcher(
                mapper,
                "monitor",
                "slot",
                "startedAt",
                "durationMs",
                "status",
                "missedSlots",
                "part",
                "parts",
                "labels",
                "series",
                "error",
                "dropped",
                "instance");
        seriesFields = matcher(mapper, "labels", "value", "status", "reason");
        // they are rare, and followed by other fields
        var within = mapper.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        errors = within.forType(CheckError.class);
        droppedRows = within.forType(DroppedRows.class);
    }

    private static PropertyNameMatcher matcher(JsonMapper mapper, String... names) {
        return mapper.tokenStreamFactory()
                .constructNameMatcher(
                        Stream.of(names).<Named>map(Named::fromString).toList(), true);
    }

    /** Empty when the mapper must read it. */
    Optional<CheckResult> read(byte[] bytes) {
        try (var json = mapper.createParser(bytes)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            var result = result(json);
            return json.nextToken() == null ? Optional.of(result) : Optional.empty();
        } catch (JacksonException | IllegalArgumentException | DateTimeException | Unusual e) {
            return Optional.empty();
        }
    }

    private CheckResult result(JsonParser json) {
        String monitor = "";
        Instant slot = Instant.EPOCH;
        Instant startedAt = Instant.EPOCH;
        long durationMs = 0;
        Status status = Status.PASSED;
        long missedSlots = 0;
        int part = 0;
        int parts = 0;
        Map<String, String> labels = Map.of();
        List<SeriesResult> series = List.of();
        @Nullable CheckError error = null;
        @Nullable DroppedRows dropped = null;
        @Nullable String instance = null;
        int seen = 0;
        for (int field = json.nextNameMatch(fields);
                field != PropertyNameMatcher.MATCH_END_OBJECT;
                field = json.nextNameMatch(fields)) {
            var token = json.nextToken();
            if (field == PropertyNameMatcher.MATCH_UNKNOWN_NAME) {
                json.skipChildren();
                continue;
            }
            seen = once(seen, field);
            switch (field) {
                case MONITOR -> monitor = text(json, token);
                case SLOT -> slot = InstantText.parse(text(json, token));
                case STARTED_AT -> startedAt = InstantText.parse(text(json, token));
                case DURATION_MS -> durationMs = whole(json, token);
                case STATUS -> status = status(json, token);
                case MISSED_SLOTS -> missedSlots = whole(json, token);
                case PART -> part = wholeInt(json, token);
                case PARTS -> parts = wholeInt(json, token);
                case LABELS -> labels = labels(json, token);
                case SERIES -> series = series(json, token);
                case ERROR -> error = errors.readValue(json);
                case DROPPED -> dropped = droppedRows.readValue(json);
                case INSTANCE -> instance = text(json, token);
                default -> throw new Unusual();
            }
        }
        requireAll(seen, REQUIRED);
        return new CheckResult(
                monitor,
                slot,
                startedAt,
                durationMs,
                status,
                missedSlots,
                part,
                parts,
                labels,
                series,
                error,
                dropped,
                instance);
    }

    private List<SeriesResult> series(JsonParser json, @Nullable JsonToken token) {
        require(token == JsonToken.START_ARRAY);
        var all = new ArrayList<SeriesResult>();
        for (var next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
            require(next == JsonToken.START_OBJECT);
            all.add(oneSeries(json));
        }
        return all;
    }

    private SeriesResult oneSeries(JsonParser json) {
        Map<String, String> labels = Map.of();
        double value = 0;
        Status status = Status.PASSED;
        @Nullable String reason = null;
        int seen = 0;
        for (int field = json.nextNameMatch(seriesFields);
                field != PropertyNameMatcher.MATCH_END_OBJECT;
                field = json.nextNameMatch(seriesFields)) {
            var token = json.nextToken();
            if (field == PropertyNameMatcher.MATCH_UNKNOWN_NAME) {
                json.skipChildren();
                continue;
            }
            seen = once(seen, field);
            switch (field) {
                case SERIES_LABELS -> labels = labels(json, token);
                case SERIES_VALUE -> value = number(json, token);
                case SERIES_STATUS -> status = status(json, token);
                case SERIES_REASON -> reason = text(json, token);
                default -> throw new Unusual();
            }
        }
        requireAll(seen, SERIES_REQUIRED);
        return new SeriesResult(labels, value, status, reason);
    }

    private static Map<String, String> labels(JsonParser json, @Nullable JsonToken token) {
        require(token == JsonToken.START_OBJECT);
        var name = json.nextName();
        if (name == null) {
            require(json.hasToken(JsonToken.END_OBJECT));
            return Map.of();
        }
        var value = text(json, json.nextToken());
        var next = json.nextName();
        if (next == null) {
            require(json.hasToken(JsonToken.END_OBJECT));
            return Map.of(name, value);
        }
        var labels = new HashMap<String, String>();
        labels.put(name, value);
        for (; next != null; next = json.nextName()) {
            require(labels.put(next, text(json, json.nextToken())) == null);
        }
        require(json.hasToken(JsonToken.END_OBJECT));
        return labels;
    }

    private static String text(JsonParser json, @Nullable JsonToken token) {
        require(token == JsonToken.VALUE_STRING);
        return json.getString();
    }

    private static long whole(JsonParser json, @Nullable JsonToken token) {
        require(token == JsonToken.VALUE_NUMBER_INT);
        return json.getLongValue();
    }

    private static int wholeInt(JsonParser json, @Nullable JsonToken token) {
        require(token == JsonToken.VALUE_NUMBER_INT);
        return json.getIntValue();
    }

    private static double number(JsonParser json, @Nullable JsonToken token) {
        require(token == JsonToken.VALUE_NUMBER_FLOAT || token == JsonToken.VALUE_NUMBER_INT);
        return json.getDoubleValue();
    }

    private static Status status(JsonParser json, @Nullable JsonToken token) {
        return switch (text(json, token)) {
            case "PASSED" -> Status.PASSED;
            case "DEGRADED" -> Status.DEGRADED;
            case "FAILED" -> Status.FAILED;
            default -> throw new Unusual();
        };
    }

    private static int once(int seen, int field) {
        require(field >= 0 && (seen & 1 << field) == 0);
        return seen | 1 << field;
    }

    private static void requireAll(int seen, int required) {
        require((seen & required) == required);
    }

    private static void require(boolean usual) {
        if (!usual) {
            throw new Unusual();
        }
    }
}
