package io.growalert.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import io.growalert.testkit.StubServer;
import java.io.IOException;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** A history-service over HTTP: it thins out what has more values than requested, and has deleted the raw values before an instant. */
final class StoredHistory implements AutoCloseable {
    private final StubServer server = new StubServer(this::handle);
    private final Map<String, Map<String, String>> labels = new LinkedHashMap<>();
    private final Map<String, NavigableMap<Instant, Double>> values = new LinkedHashMap<>();
    private final Duration every;
    Instant deletedBefore = Instant.MIN;
    long seriesTotal = -1;
    int refusals;
    /** Series that are listed on request only, and until when they were known. */
    final Map<String, Instant> vanished = new LinkedHashMap<>();

    StoredHistory(Duration every) {
        this.every = every;
    }

    void add(String series, Map<String, String> of) {
        labels.put(series, of);
        values.put(series, new TreeMap<>());
    }

    void store(String series, Instant slot, double value) {
        of(series).put(slot, value);
    }

    String url() {
        return server.url();
    }

    List<String> requests() {
        return server.requests().stream().map(StubServer.Seen::uri).toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        if (refusals > 0) {
            refusals--;
            exchange.getResponseHeaders().set("Retry-After", "1");
            StubServer.answer(exchange, 429, "{\"detail\": \"too many requests from this address\"}");
            return;
        }
        var path = exchange.getRequestURI().getPath();
        if (!path.startsWith("/api/history/monitors/room-co2")) {
            StubServer.answer(
                    exchange, 404, "{\"code\": \"unknown_monitor\", \"detail\": \"no monitor with this id\"}");
        } else if (path.endsWith("/values")) {
            StubServer.answer(
                    exchange,
                    200,
                    json(answer(parameters(exchange.getRequestURI().getRawQuery()))));
        } else {
            var query = exchange.getRequestURI().getRawQuery();
            var since = query == null ? Instant.MAX : Instant.parse(one(parameters(query), "since"));
            var list = labels.entrySet().stream()
                    .filter(one ->
                            !vanished.getOrDefault(one.getKey(), Instant.MAX).isBefore(since))
                    .map(one -> Map.of("id", one.getKey(), "labels", one.getValue()))
                    .toList();
            long total = seriesTotal < 0 ? list.size() : seriesTotal;
            StubServer.answer(
                    exchange,
                    200,
                    json(Map.of(
                            "id", "room-co2", "every", every.toString(), "seriesList", list, "seriesTotal", total)));
        }
    }

    private Map<String, Object> answer(Map<String, List<String>> parameters) {
        var from = Instant.parse(one(parameters, "from"));
        var to = Instant.parse(one(parameters, "to"));
        int points = Integer.parseInt(one(parameters, "points"));
        var wanted = parameters.getOrDefault("series", List.of());
        boolean isRaw = !from.isBefore(deletedBefore)
                && wanted.stream().allMatch(id -> between(id, from, to).size() <= points);
        var series = wanted.stream()
                .filter(labels::containsKey)
                .map(id -> series(id, between(id, from, to), isRaw))
                .toList();
        return Map.of("from", from, "to", to, "resolution", isRaw ? "raw" : "PT5M", "series", series);
    }

    /** With both ends. */
    private NavigableMap<Instant, Double> between(String id, Instant from, Instant to) {
        return of(id).subMap(from, true, to, true);
    }

    private NavigableMap<Instant, Double> of(String series) {
        return values.getOrDefault(series, new TreeMap<>());
    }

    private static String one(Map<String, List<String>> parameters, String name) {
        return parameters.getOrDefault(name, List.of("")).getFirst();
    }

    private Map<String, Object> series(String id, NavigableMap<Instant, Double> found, boolean isRaw) {
        var shown = isRaw ? found : new TreeMap<>(found.isEmpty() ? Map.of() : Map.of(found.firstKey(), 1.0));
        return Map.of(
                "id",
                id,
                "labels",
                labels.getOrDefault(id, Map.of()),
                "t",
                shown.keySet().stream()
                        .map(slot -> slot.toEpochMilli() / 1_000.0)
                        .toList(),
                "min",
                shown.values(),
                "max",
                shown.values(),
                "mean",
                shown.values(),
                "status",
                shown.values().stream()
                        .map(value -> value > 1_000 ? "FAILED" : "PASSED")
                        .toList());
    }

    private static Map<String, List<String>> parameters(String query) {
        return Stream.of(query.split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.groupingBy(
                        pair -> pair[0],
                        Collectors.mapping(pair -> URLDecoder.decode(pair[1], UTF_8), Collectors.toList())));
    }

    private static String json(Object value) {
        return JsonMapper.shared().writeValueAsString(value);
    }

    @Override
    public void close() {
        server.close();
    }
}
