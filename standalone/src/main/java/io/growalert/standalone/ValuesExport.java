package io.growalert.standalone;

import java.io.PrintWriter;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Writes the raw values of a monitor as CSV, the oldest first. It requests one window of time after the other, each so short that the
 * history-service has no reason to thin its values out. A window that it thins out nevertheless is halved.
 */
final class ValuesExport {
    /** The values of a series in one response. */
    private static final int POINTS = 1_000;

    private static final int SERIES_PER_REQUEST = 10;
    /** Of all series in one window. */
    private static final int VALUES_IN_MEMORY = 200_000;
    /** With slots of a second at least, a window of this length has no more values than a response. */
    private static final Duration NEVER_THINNED = Duration.ofSeconds(POINTS - 1);

    private final BillingApi api;
    private final String path;
    private final String monitor;
    private final PrintWriter out;

    ValuesExport(BillingApi api, String monitor, PrintWriter out) {
        this.api = api;
        this.path = "/api/history/monitors/" + monitor;
        this.monitor = monitor;
        this.out = out;
    }

    private record Period(Instant from, Instant to) {
        Duration length() {
            return Duration.between(from, to);
        }

        boolean contains(Instant slot) {
            return !slot.isBefore(from) && slot.isBefore(to);
        }
    }

    private record Value(Instant slot, String line) {}

    /** The raw values were deleted, and only their rollups are stored. */
    private static final class Thinned extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /**
     * Writes a header, and the values with a slot from {@code from} until before {@code to}.
     *
     * @param wanted the ids of series; empty: all
     * @throws CannotRun when values are missing, or cannot be written
     */
    void write(List<String> wanted, Instant from, Instant to) {
        // series that vanished in the period have values in it too
        var known = get(path + "?since=" + from);
        var series = wanted.isEmpty() ? all(known) : List.copyOf(wanted);
        requireKnown(wanted, new Period(from, to));
        out.print("slot,series,value,status\n");
        var window = window(known, series.size());
        for (var start = from; start.isBefore(to); ) {
            var end = start.plus(window).isBefore(to) ? start.plus(window) : to;
            write(series, new Period(start, end));
            start = end;
        }
    }

    /** The service leaves out unknown series. */
    private void requireKnown(List<String> wanted, Period period) {
        for (int start = 0; start < wanted.size(); start += SERIES_PER_REQUEST) {
            var some = wanted.subList(start, Math.min(start + SERIES_PER_REQUEST, wanted.size()));
            var unknown = new TreeSet<>(some);
            series(get(path + "/values?" + query(some, period, 2)))
                    .forEach(series -> unknown.remove(series.path("id").asString("")));
            if (!unknown.isEmpty()) {
                throw new CannotRun("%s has no series %s".formatted(monitor, String.join(", ", unknown)));
            }
        }
    }

    private static List<JsonNode> series(JsonNode answer) {
        return answer.path("series").valueStream().toList();
    }

    private static String query(List<String> series, Period period, int points) {
        return Stream.concat(
                        Stream.of("from=" + period.from(), "to=" + period.to(), "points=" + points),
                        series.stream().map(id -> "series=" + URLEncoder.encode(id, StandardCharsets.UTF_8)))
                .collect(Collectors.joining("&"));
    }

    private List<String> all(JsonNode known) {
        var ids = known.path("seriesList")
                .valueStream()
                .map(series -> series.path("id").asString(""))
                .toList();
        long total = known.path("seriesTotal").asLong(ids.size());
        if (total > ids.size()) {
            throw new CannotRun("%s has %d series, more than the %d that can be listed: name the series with --series"
                    .formatted(monitor, total, ids.size()));
        }
        return ids;
    }

    /** As long as the values of all series fit into memory and those of one into a response. */
    private static Duration window(JsonNode known, int series) {
        int slots = Math.clamp(VALUES_IN_MEMORY / Math.max(1, series), 1, POINTS - 1);
        return every(known).multipliedBy(slots);
    }

    private static Duration every(JsonNode known) {
        try {
            return Duration.parse(known.path("every").asString("PT1S"));
        } catch (DateTimeParseException e) {
            return Duration.ofSeconds(1);
        }
    }

    private void write(List<String> series, Period period) {
        var values = new ArrayList<Value>();
        try {
            for (int start = 0; start < series.size(); start += SERIES_PER_REQUEST) {
                var some = series.subList(start, Math.min(start + SERIES_PER_REQUEST, series.size()));
                values.addAll(values(some, period));
            }
        } catch (Thinned e) {
            halve(series, period);
            return;
        }
        values.stream().sorted(Comparator.comparing(Value::slot)).forEach(value -> out.print(value.line()));
        if (out.checkError()) {
            throw new CannotRun("the output was closed before the end");
        }
    }

    private void halve(List<String> series, Period period) {
        if (period.length().compareTo(NEVER_THINNED) <= 0) {
            throw new CannotRun(
                    "the raw values of %s before %s are not stored any more (growalert.history.raw): begin later"
                            .formatted(monitor, period.to()));
        }
        var middle = period.from().plus(period.length().dividedBy(2));
        write(series, new Period(period.from(), middle));
        write(series, new Period(middle, period.to()));
    }

    private List<Value> values(List<String> series, Period period) {
        var answer = get(path + "/values?" + query(series, period, POINTS));
        var found = series(answer);
        boolean isRaw = answer.path("resolution").asString("").equals("raw");
        if (!isRaw && found.stream().anyMatch(one -> !one.path("t").isEmpty())) {
            throw new Thinned();
        }
        return found.stream().flatMap(one -> values(one, period)).toList();
    }

    private static Stream<Value> values(JsonNode series, Period period) {
        var labels = quoted(series.path("labels").toString());
        var slots = series.path("t");
        var values = series.path("mean");
        var statuses = series.path("status");
        var found = new ArrayList<Value>(slots.size());
        for (int index = 0; index < slots.size(); index++) {
            var slot = slot(slots.path(index).decimalValue());
            if (period.contains(slot)) {
                var line = "%s,%s,%s,%s\n"
                        .formatted(
                                slot,
                                labels,
                                value(values.path(index)),
                                statuses.path(index).asString(""));
                found.add(new Value(slot, line));
            }
        }
        return found.stream();
    }

    /** @param seconds since the epoch */
    private static Instant slot(BigDecimal seconds) {
        var whole = seconds.toBigInteger().longValueExact();
        var rest = seconds.subtract(BigDecimal.valueOf(whole)).movePointRight(9);
        return Instant.ofEpochSecond(whole, rest.longValue());
    }

    /** Without exponent and without {@code .0} at the end; empty without a value. */
    private static String value(JsonNode value) {
        return value.isNumber() ? value.decimalValue().stripTrailingZeros().toPlainString() : "";
    }

    /** A field of RFC 4180. */
    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    private JsonNode get(String address) {
        return api.call("GET", address, null)
                .orElseThrow(() -> new CannotRun("the response has no body; does a history-service run there?"));
    }
}
