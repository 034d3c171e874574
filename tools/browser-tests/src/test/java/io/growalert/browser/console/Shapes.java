package io.growalert.browser.console;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** JSON of the services, in the shapes of docs/openapi.yaml. */
final class Shapes {
    /** The start of the first test, for what has to stay the same. */
    @SuppressWarnings("TimeInStaticInitializer") // the same for all tests
    static final Instant NOW = Instant.now();

    private Shapes() {}

    /**
     * An object whose members have this order.
     *
     * @param members names and values, in turn
     */
    static Map<String, @Nullable Object> object(@Nullable Object... members) {
        var object = new LinkedHashMap<String, @Nullable Object>();
        for (int i = 0; i < members.length; i += 2) {
            object.put((String) members[i], members[i + 1]);
        }
        return object;
    }

    /** The object with some members replaced. */
    static Map<String, @Nullable Object> with(Map<String, @Nullable Object> object, @Nullable Object... members) {
        var changed = new LinkedHashMap<>(object);
        changed.putAll(object(members));
        return changed;
    }

    static String ago(Duration time) {
        return Instant.now().minus(time).toString();
    }

    static String in(Duration time) {
        return Instant.now().plus(time).toString();
    }

    /** An open incident of an hour ago; {@code id} has to be unique. */
    static Map<String, @Nullable Object> incident(
            String id, String monitor, String status, Map<String, String> labels, Map<String, String> series) {
        return object(
                "incident",
                id,
                "alert",
                "alert-" + id,
                "monitor",
                monitor,
                "series",
                series,
                "labels",
                labels,
                "status",
                status,
                "value",
                status.equals("NO_DATA") ? null : 1_180.5,
                "reason",
                status.equals("NO_DATA") ? "no data for 5m" : "3 consecutive results above 1000",
                "summary",
                "%s is %s".formatted(String.join(" ", series.values()), status),
                "firingSince",
                ago(Duration.ofHours(1)),
                "resolvedAt",
                null,
                "acknowledged",
                null);
    }

    static Map<String, @Nullable Object> acknowledged(String by, String comment) {
        return object("by", by, "until", null, "comment", comment, "at", ago(Duration.ofMinutes(20)));
    }

    /** An active silence of an operator for two hours. */
    static Map<String, @Nullable Object> silence(String id, String comment, String... matchers) {
        return object(
                "id",
                id,
                "matchers",
                List.of(matchers),
                "startsAt",
                ago(Duration.ofMinutes(30)),
                "endsAt",
                in(Duration.ofMinutes(90)),
                "comment",
                comment,
                "createdBy",
                "ann",
                "createdAt",
                ago(Duration.ofMinutes(30)),
                "updatedAt",
                ago(Duration.ofMinutes(30)),
                "endedAt",
                null,
                "origin",
                "api",
                "state",
                "active",
                "held",
                2);
    }

    /** The monitors of history-service at this time: only their numbers. */
    static Map<String, @Nullable Object> counts(Map<String, Integer> counts) {
        int total = counts.values().stream().mapToInt(Integer::intValue).sum();
        return object("asOf", Instant.now().toString(), "total", total, "counts", counts, "monitors", List.of());
    }

    /** A bar of cells of half an hour, up to now. */
    static List<Map<String, @Nullable Object>> bar(@Nullable String... statuses) {
        return IntStream.range(0, statuses.length)
                .mapToObj(i -> object(
                        "from", ago(Duration.ofMinutes(30L * (statuses.length - i))),
                        "to", ago(Duration.ofMinutes(30L * (statuses.length - i - 1))),
                        "status", statuses[i]))
                .toList();
    }
}
