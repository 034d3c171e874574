package io.growalert.history.query;

import io.growalert.history.store.ChunkTable;
import io.growalert.history.store.Micros;
import io.growalert.history.store.StoredStatus;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Values as CSV (RFC 4180): slot, a column for each label of the series, value and status. */
public final class ValueExport {
    private static final Set<String> COLUMNS = Set.of("slot", "value", "status");
    private static final int MOST_SERIES = 10_000;
    private static final int VALUES_AT_ONCE = 500_000;
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    private static final Comparator<Line> ORDER =
            Comparator.comparingLong(Line::slot).thenComparingInt(Line::series);

    private final QueryDatabase database;
    private final MonitorReader monitors;
    private final SeriesReader series;
    private final ChunkTable values;
    private final TopicProgress progress;
    private final Duration raw;

    /** @param raw the retention of values */
    public ValueExport(QueryDatabase database, TopicProgress progress, Duration raw) {
        this.raw = raw;
        this.database = database;
        this.monitors = new MonitorReader(database.jdbc());
        this.series = new SeriesReader(database.jdbc());
        this.values = new ChunkTable(database.jdbc());
        this.progress = progress;
    }

    private record Line(int series, long slot, double value, StoredStatus status) {}

    /** What is written, with its period. */
    public final class Export {
        private final int monitor;
        private final List<SeriesReader.Series> wanted;
        private final Instant from;
        private final Instant to;
        private final Duration portion;

        private Export(int monitor, List<SeriesReader.Series> wanted, Instant from, Instant to, Duration portion) {
            this.monitor = monitor;
            this.portion = portion;
            this.wanted = wanted;
            this.from = from;
            this.to = to;
        }

        /** Writes all values in the order of slots; a portion of them is in memory. */
        public void write(Writer out) throws IOException {
            var names = new TreeSet<String>();
            Map<Integer, Map<String, String>> labels = new HashMap<>();
            wanted.forEach(each -> {
                names.addAll(each.labels().keySet());
                labels.put(each.id(), each.labels());
            });
            var header = new ArrayList<String>(List.of("slot"));
            names.forEach(name -> header.add(text(column(name, names))));
            header.addAll(List.of("value", "status"));
            row(out, header);
            for (var begin = from; !begin.isAfter(to); begin = begin.plus(portion)) {
                var end = Instants.earliest(begin.plus(portion), to.plusNanos(1_000));
                for (var line : lines(labels.keySet(), begin, end)) {
                    var cells = new ArrayList<String>(
                            List.of(Micros.instant(line.slot()).toString()));
                    var own = labels.getOrDefault(line.series(), Map.of());
                    names.forEach(name -> cells.add(text(own.getOrDefault(name, ""))));
                    cells.add(Double.toString(line.value()));
                    cells.add(line.status().name());
                    row(out, cells);
                }
            }
            out.flush();
        }

        /** Each portion at a snapshot of its own: the client may read slowly. */
        private List<Line> lines(Set<Integer> ids, Instant begin, Instant end) {
            return database.read(() -> {
                var lines = new ArrayList<Line>();
                values.read(
                        monitor,
                        ids,
                        begin,
                        end,
                        (id, slot, value, status) -> lines.add(new Line(id, slot, value, status)));
                lines.sort(ORDER);
                return lines;
            });
        }
    }

    /** The values of these series, or of all; empty when no such monitor is defined. */
    public Optional<Export> of(String monitor, MonitorValues.Wanted wanted) {
        return database.read(() -> monitors.one(monitor).map(entry -> {
            var to = Instants.end(wanted.from(), wanted.to(), progress.asOf());
            var from = wanted.from() == null ? to.minus(Duration.ofDays(1)) : wanted.from();
            var chosen = wanted.series().isEmpty()
                    ? series.all(entry.id(), MOST_SERIES)
                    : series.some(entry.id(), wanted.series());
            var portion = entry.definition().every().multipliedBy(VALUES_AT_ONCE / Math.max(1, chosen.size()));
            var stored = StoredPeriod.of(from, to, raw, Instant.now());
            return new Export(entry.id(), chosen, stored.from(), stored.to(), limited(portion));
        }));
    }

    private static Duration limited(Duration portion) {
        if (portion.compareTo(SHORTEST) < 0) {
            return SHORTEST;
        }
        return portion.compareTo(LONGEST) > 0 ? LONGEST : portion;
    }

    private static void row(Writer out, List<String> cells) throws IOException {
        for (int i = 0; i < cells.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            out.write(quoted(cells.get(i)));
        }
        out.write("\r\n");
    }

    /** The name of a label's column: one that is another column's gets {@code label.} in front. */
    static String column(String label, Set<String> labels) {
        if (!COLUMNS.contains(label)) {
            return label;
        }
        var name = "label." + label;
        while (labels.contains(name)) {
            name = "label." + name;
        }
        return name;
    }

    /** A label's name or value that a spreadsheet would run as a formula, also behind white space, begins with an apostrophe. */
    static String text(String label) {
        var shown = label.stripLeading();
        boolean isFormula = !shown.isEmpty() && "=+-@".indexOf(shown.charAt(0)) >= 0;
        boolean isControl = !label.isEmpty() && "\t\r\n".indexOf(label.charAt(0)) >= 0;
        return isFormula || isControl ? "'" + label : label;
    }

    private static String quoted(String cell) {
        boolean isPlain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return isPlain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }
}
