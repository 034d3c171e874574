package io.growalert.monitor.source.influx;

import com.influxdb.Cancellable;
import com.influxdb.client.domain.Dialect;
import com.influxdb.query.FluxColumn;
import com.influxdb.query.FluxRecord;
import com.influxdb.query.FluxTable;
import com.influxdb.query.exceptions.FluxCsvParserException;
import com.influxdb.query.exceptions.FluxQueryException;
import com.influxdb.query.internal.FluxCsvParser;
import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError;
import io.growalert.monitor.source.Source;
import io.growalert.monitor.source.SourceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import okhttp3.ResponseBody;

/**
 * Flux's answer in annotated CSV: the columns of a table's group key are labels, except the bounds of the window and the
 * time, and {@code _value} is the value.
 */
final class FluxAnswer {
    /** Requests the annotations that the parser needs. */
    static final Dialect DIALECT = new Dialect()
            .header(true)
            .delimiter(",")
            .commentPrefix("#")
            .addAnnotationsItem(Dialect.AnnotationsEnum.DATATYPE)
            .addAnnotationsItem(Dialect.AnnotationsEnum.GROUP)
            .addAnnotationsItem(Dialect.AnnotationsEnum.DEFAULT);

    private static final String VALUE = "_value";
    private static final Set<String> NO_LABELS = Set.of("_start", "_stop", "_time", VALUE);
    private static final Cancellable NEVER = new Cancellable() {
        @Override
        public void cancel() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isCancelled() {
            return false;
        }
    };

    private FluxAnswer() {}

    static List<Row> rows(ResponseBody body) throws IOException, SourceException {
        var parser = new FluxCsvParser();
        var tables = parser.new FluxResponseConsumerTable();
        try {
            parser.parseFluxResponse(body.source(), NEVER, tables);
        } catch (FluxQueryException e) {
            throw Canceled.orRefused(String.valueOf(e.getMessage()), e);
        } catch (FluxCsvParserException e) {
            throw new SourceException(CheckError.Kind.SOURCE, "the answer is not annotated CSV: " + e.getMessage(), e);
        }
        var rows = new ArrayList<Row>();
        for (var table : tables.getTables()) {
            addRows(table, rows);
        }
        return rows;
    }

    private static void addRows(FluxTable table, List<Row> rows) throws SourceException {
        var columns = table.getColumns().stream().map(FluxColumn::getLabel).toList();
        if (!columns.contains(VALUE)) {
            throw new SourceException(
                    CheckError.Kind.QUERY, "a table has no column named _value, only " + String.join(", ", columns));
        }
        var time = table.getGroupKey().stream()
                .filter(column -> !NO_LABELS.contains(column.getLabel()))
                .filter(column -> String.valueOf(column.getDataType()).startsWith("dateTime"))
                .findFirst();
        if (time.isPresent()) {
            throw new SourceException(
                    CheckError.Kind.QUERY,
                    "the column %s is a time: as a label it would make each of its values a series; take it out of the group key"
                            .formatted(time.get().getLabel()));
        }
        var labels = table.getGroupKey().stream()
                .map(FluxColumn::getLabel)
                .filter(label -> !NO_LABELS.contains(label))
                .toList();
        if (rows.size() + table.getRecords().size() > Source.MAX_ROWS) {
            throw new SourceException(
                    CheckError.Kind.QUERY, "the answer has more than %,d rows".formatted(Source.MAX_ROWS));
        }
        for (var row : table.getRecords()) {
            rows.add(row(row, labels));
        }
    }

    private static Row row(FluxRecord row, List<String> names) {
        var labels = new LinkedHashMap<String, String>();
        for (var name : names) {
            var label = row.getValueByKey(name);
            if (label != null && !label.toString().isEmpty()) {
                labels.put(name, label.toString());
            }
        }
        return new Row(labels, row.getValue());
    }
}
