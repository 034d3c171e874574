package io.growalert.monitor.source.postgres;

import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError;
import io.growalert.monitor.source.Source;
import io.growalert.monitor.source.SourceException;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.ResultSetExtractor;

/** Reads an answer: the column {@code value} is the value, every other a label; null means that the label is absent. */
final class Rows implements ResultSetExtractor<Rows.Answer> {
    /** The maximum number of rows of an answer. */
    static final int MAX = Source.MAX_ROWS;

    private static final String VALUE = "value";
    private static final Set<String> TIMES = Set.of("timestamptz", "timestamp", "date", "timetz", "time");

    sealed interface Answer {
        /** The rows. */
        List<Row> orThrow() throws SourceException;
    }

    private record Good(List<Row> rows) implements Answer {
        @Override
        public List<Row> orThrow() {
            return rows;
        }
    }

    private record Unusable(String reason) implements Answer {
        @Override
        public List<Row> orThrow() throws SourceException {
            throw new SourceException(CheckError.Kind.QUERY, reason);
        }
    }

    @Override
    public Answer extractData(ResultSet answer) throws SQLException {
        var columns = columns(answer.getMetaData());
        var problem = problem(columns);
        if (problem.isEmpty()) {
            problem = timeLabel(answer.getMetaData());
        }
        if (problem.isPresent()) {
            return new Unusable(problem.get());
        }
        var rows = new ArrayList<Row>();
        while (answer.next()) {
            if (rows.size() == MAX) {
                return new Unusable("the answer has more than %,d rows".formatted(MAX));
            }
            rows.add(row(answer, columns));
        }
        return new Good(rows);
    }

    private static List<String> columns(ResultSetMetaData meta) throws SQLException {
        var columns = new ArrayList<String>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            columns.add(meta.getColumnLabel(i));
        }
        return columns;
    }

    private static Optional<String> problem(List<String> columns) {
        if (!columns.contains(VALUE)) {
            return Optional.of("the answer has no column named value, only " + String.join(", ", columns));
        }
        return columns.stream()
                .filter(column -> columns.indexOf(column) != columns.lastIndexOf(column))
                .findFirst()
                .map(column -> "the answer has two columns named " + column);
    }

    /** A time as a label makes a new series for each of its values, which may be one in each run. */
    private static Optional<String> timeLabel(ResultSetMetaData meta) throws SQLException {
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            if (!meta.getColumnLabel(i).equals(VALUE) && TIMES.contains(meta.getColumnTypeName(i))) {
                return Optional.of(
                        "the column %s is a %s: as a label it would make each of its values a series; leave it out, or cast it to text if that is meant"
                                .formatted(meta.getColumnLabel(i), meta.getColumnTypeName(i)));
            }
        }
        return Optional.empty();
    }

    private static Row row(ResultSet answer, List<String> columns) throws SQLException {
        var labels = new LinkedHashMap<String, String>();
        Object value = null;
        for (int i = 1; i <= columns.size(); i++) {
            var column = columns.get(i - 1);
            if (column.equals(VALUE)) {
                value = answer.getObject(i);
            } else {
                var label = label(answer, i);
                if (label != null) {
                    labels.put(column, label);
                }
            }
        }
        return new Row(labels, value);
    }

    private static @Nullable String label(ResultSet answer, int column) throws SQLException {
        return switch (answer.getMetaData().getColumnType(column)) {
            case Types.REAL, Types.DOUBLE -> number(answer.getObject(column));
            case Types.BIT, Types.BOOLEAN -> text(answer.getObject(column));
            default -> answer.getString(column);
        };
    }

    private static @Nullable String number(@Nullable Object number) {
        return number instanceof Number finite && Double.isFinite(finite.doubleValue())
                ? new BigDecimal(finite.toString()).stripTrailingZeros().toPlainString()
                : text(number);
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
