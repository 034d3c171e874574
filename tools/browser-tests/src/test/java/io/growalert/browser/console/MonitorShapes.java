package io.growalert.browser.console;

import static io.growalert.browser.console.Shapes.ago;
import static io.growalert.browser.console.Shapes.object;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** JSON of history-service about monitors, in the shapes of docs/openapi.yaml. */
final class MonitorShapes {
    private static final int CELLS = 48;

    private MonitorShapes() {}

    /** A monitor that is checked every 30 s, whose last slot was 20 s ago. */
    static Map<String, @Nullable Object> monitor(String id, @Nullable String status) {
        return object(
                "id",
                id,
                "labels",
                Map.of("site", "north"),
                "every",
                "PT30S",
                "source",
                "farm-db",
                "status",
                status,
                "since",
                ago(Duration.ofHours(2)),
                "lastSlot",
                status == null ? null : recent(),
                "lastValue",
                status == null ? null : 1_180.5,
                "unit",
                "ppm",
                "series",
                2,
                "openIncidents",
                "FAILED".equals(status) ? 1 : 0,
                "receivers",
                List.of("ops", "grower"),
                "routed",
                false,
                "bar",
                Shapes.bar(cells(status)));
    }

    /** Not of {@link Shapes#NOW}: monitors that are checked have a recent slot. */
    static String recent() {
        return Instant.now().minusSeconds(5).toString();
    }

    private static @Nullable String[] cells(@Nullable String status) {
        return IntStream.range(0, CELLS)
                .mapToObj(i -> i < CELLS / 2 ? status : "PASSED")
                .toArray(String[]::new);
    }

    /** A page of {@code GET /api/history/monitors}. */
    static Map<String, @Nullable Object> monitors(
            int total, List<? extends Map<String, @Nullable Object>> page, @Nullable String next) {
        var counts = new LinkedHashMap<String, Integer>();
        for (var monitor : page) {
            if (monitor.get("status") instanceof String status) {
                counts.merge(status, 1, Integer::sum);
            }
        }
        return object(
                "asOf", Instant.now().toString(), "total", total, "counts", counts, "monitors", page, "next", next);
    }

    /** {@code room-co2} with two series: the first failed, the second is about to fire. */
    static Map<String, @Nullable Object> roomCo2() {
        return Shapes.with(
                monitor("room-co2", "FAILED"),
                "asOf",
                Instant.now().toString(),
                "definition",
                definition(),
                "seriesTotal",
                2,
                "seriesList",
                List.of(
                        series("s1", Map.of("room", "north-1"), "FAILED"),
                        Shapes.with(
                                series("s2", Map.of("room", "<img src=x onerror=alert(1)>"), "DEGRADED"),
                                "progress",
                                object("failed", 2, "of", 3, "firesAt", "2026-11-25T09:00:37Z"))));
    }

    static Map<String, @Nullable Object> series(String id, Map<String, String> labels, @Nullable String status) {
        return object(
                "id",
                id,
                "labels",
                labels,
                "status",
                status,
                "since",
                ago(Duration.ofMinutes(40)),
                "lastSlot",
                recent(),
                "lastValue",
                1_180.5,
                "bar",
                Shapes.bar(cells(status)));
    }

    static Map<String, @Nullable Object> definition() {
        return object(
                "id", "room-co2",
                "origin", "default",
                "every", "PT30S",
                "timeout", "PT5S",
                "source", "farm-db",
                "query", "SELECT room, avg(co2_ppm) AS value FROM readings GROUP BY room",
                "window", "PT5M",
                "fail", Map.of("above", 1_000),
                "degraded", Map.of("above", 800),
                "unit", "ppm",
                "noData", "fail",
                "onError", "degraded",
                "alert",
                        object(
                                "after",
                                3,
                                "resolveAfter",
                                2,
                                "repeat",
                                "PT4H",
                                "forgetAfter",
                                "PT24H",
                                "receivers",
                                List.of("ops", "grower")),
                "labels", Map.of("site", "north", "severity", "critical"),
                "summary", "{{room}} has {{value}} ppm CO2");
    }

    /** What {@code GET .../values} answers to such a request: a value every five minutes for each series, an incident, a changed limit. */
    static Map<String, @Nullable Object> values(ConsoleServices.Asked asked) {
        var from = Instant.parse(String.valueOf(asked.parameter("from")));
        var to = Instant.parse(String.valueOf(asked.parameter("to")));
        var middle = from.plus(Duration.between(from, to).dividedBy(2));
        return object(
                "asOf", Instant.now().toString(),
                "from", from.toString(),
                "to", to.toString(),
                "resolution", "PT5M",
                "unit", "ppm",
                "series",
                        asked.query().getOrDefault("series", List.of()).stream()
                                .map(id -> curve(id, from, to))
                                .toList(),
                "thresholds",
                        List.of(
                                object(
                                        "from",
                                        from.toString(),
                                        "to",
                                        middle.toString(),
                                        "fail",
                                        Map.of("above", 1_100)),
                                object(
                                        "from",
                                        middle.toString(),
                                        "fail",
                                        Map.of("above", 1_000),
                                        "degraded",
                                        Map.of("above", 800))),
                "incidents",
                        List.of(object(
                                "id", "inc-1",
                                "series", "s1",
                                "from", middle.toString(),
                                "to",
                                        middle.plus(Duration.between(from, to).dividedBy(8))
                                                .toString(),
                                "reason", "3 consecutive results above 1000")),
                "spans",
                        List.of(object(
                                "series",
                                "s1",
                                "status",
                                "MISSED",
                                "from",
                                from.toString(),
                                "to",
                                from.plus(Duration.between(from, to).dividedBy(10))
                                        .toString())));
    }

    private static Map<String, @Nullable Object> curve(String id, Instant from, Instant to) {
        var times = new ArrayList<Long>();
        var least = new ArrayList<Double>();
        var mean = new ArrayList<Double>();
        var greatest = new ArrayList<Double>();
        var statuses = new ArrayList<String>();
        for (long time = from.getEpochSecond(); time <= to.getEpochSecond(); time += 300) {
            double value = Math.round(700 + 350 * Math.sin(time / 7_000.0 + id.hashCode()));
            times.add(time);
            least.add(value - 30);
            mean.add(value);
            greatest.add(value + 30);
            statuses.add(value > 1_000 ? "FAILED" : "PASSED");
        }
        return object(
                "id", id,
                "labels", Map.of("room", id.equals("s1") ? "north-1" : "<img src=x onerror=alert(1)>"),
                "t", times,
                "min", least,
                "max", greatest,
                "mean", mean,
                "status", statuses);
    }

    /** What {@code GET .../what-if} answers: three incidents that there were, of which a limit above 1,050 leaves one. */
    static Map<String, @Nullable Object> whatIf(ConsoleServices.Asked asked) {
        var actual = IntStream.of(1, 3, 5)
                .mapToObj(days -> object(
                        "series", "s1",
                        "from", ago(Duration.ofDays(days)),
                        "to", ago(Duration.ofDays(days).minusHours(2))))
                .toList();
        var above = asked.parameter("above");
        boolean isLess = above != null && Double.parseDouble(above) > 1_050;
        return object(
                "asOf",
                Instant.now().toString(),
                "from",
                ago(Duration.ofDays(7)),
                "to",
                Shapes.NOW.toString(),
                "complete",
                true,
                "actual",
                actual,
                "whatIf",
                isLess ? actual.subList(0, 1) : actual);
    }

    /** What {@code POST /api/monitors/{id}/run} answers: two rows. */
    static Map<String, @Nullable Object> run() {
        var failed = object(
                "labels", Map.of("room", "r1"), "value", 1_203.5, "status", "FAILED", "reason", "above 1000 ppm");
        var passed = object("labels", Map.of("room", "r2"), "value", 412, "status", "PASSED", "reason", null);
        return object(
                "monitor",
                "room-co2",
                "slot",
                Instant.now().toString(),
                "tookMs",
                12,
                "unit",
                "ppm",
                "status",
                "FAILED",
                "error",
                null,
                "rowCount",
                2,
                "rows",
                List.of(failed, passed),
                "withoutValue",
                0,
                "dropped",
                null);
    }
}
