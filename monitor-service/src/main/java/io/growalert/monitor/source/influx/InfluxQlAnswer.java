package io.growalert.monitor.source.influx;

import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError;
import io.growalert.monitor.source.Source;
import io.growalert.monitor.source.SourceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * InfluxQL's answer in JSON: the tags of a series and its columns but the last and {@code time} are labels, the last is
 * the value. A series may have several rows; the time of a row is no label.
 */
final class InfluxQlAnswer {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String TIME = "time";

    private InfluxQlAnswer() {}

    static List<Row> rows(ResponseBody body) throws IOException, SourceException {
        var answer = json(body);
        failOnError(answer);
        if (!answer.path("results").isArray()) {
            throw new SourceException(
                    CheckError.Kind.SOURCE, "this is not the answer of an InfluxDB: no results in it");
        }
        var rows = new ArrayList<Row>();
        for (var result : answer.path("results")) {
            failOnError(result);
            for (var series : result.path("series")) {
                failOnPart(series);
                addRows(series, rows);
            }
            failOnPart(result);
        }
        return rows;
    }

    private static JsonNode json(ResponseBody body) throws IOException, SourceException {
        var bytes = body.bytes();
        try {
            return JSON.readTree(bytes);
        } catch (JacksonException e) {
            throw new SourceException(CheckError.Kind.SOURCE, "the answer is not JSON, or was cut off", e);
        }
    }

    private static void failOnError(JsonNode node) throws SourceException {
        if (node.path("error").isString()) {
            throw Canceled.orRefused(node.path("error").asString(), null);
        }
    }

    private static void failOnPart(JsonNode node) throws SourceException {
        if (node.path("partial").asBoolean(false)) {
            throw new SourceException(CheckError.Kind.QUERY, "the server cut the answer at its limit of rows");
        }
    }

    private static void addRows(JsonNode series, List<Row> rows) throws SourceException {
        var columns = new ArrayList<String>();
        series.path("columns").forEach(column -> columns.add(column.asString()));
        if (columns.isEmpty() || columns.getLast().equals(TIME)) {
            throw new SourceException(CheckError.Kind.QUERY, "the answer has no column but the time");
        }
        var tags = new LinkedHashMap<String, String>();
        series.path("tags").properties().forEach(tag -> putLabel(tags, tag.getKey(), tag.getValue()));
        for (var values : series.path("values")) {
            var labels = new LinkedHashMap<>(tags);
            for (int i = 0; i < columns.size() - 1; i++) {
                if (!columns.get(i).equals(TIME)) {
                    putLabel(labels, columns.get(i), values.path(i));
                }
            }
            if (rows.size() == Source.MAX_ROWS) {
                throw new SourceException(
                        CheckError.Kind.QUERY, "the answer has more than %,d rows".formatted(Source.MAX_ROWS));
            }
            rows.add(new Row(labels, value(values.path(columns.size() - 1))));
        }
    }

    /** A series without a tag that others have gets it as an empty text. */
    private static void putLabel(Map<String, String> labels, String name, JsonNode value) {
        var text = value.isNumber() ? value.decimalValue().stripTrailingZeros().toPlainString() : value.asString("");
        if (!text.isEmpty()) {
            labels.put(name, text);
        }
    }

    private static @Nullable Object value(JsonNode value) {
        if (value.isNumber()) {
            return value.numberValue();
        }
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        return value.isNull() || value.isMissingNode() ? null : value.asString(value.toString());
    }
}
