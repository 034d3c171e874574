package io.growalert.browser.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One server in place of all services behind the gateway. A test decides the responses by path; they have ETags, as those of the
 * services, and a path without a response is not found.
 */
final class ConsoleServices implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<Asked> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger notModified = new AtomicInteger();
    private final Map<String, Integer> failing = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();
    private final Map<OutputStream, CountDownLatch> streams = new ConcurrentHashMap<>();
    private final Map<String, Integer> counters =
            new ConcurrentHashMap<>(Map.of("results", 0, "alerts", 0, "notifications", 0, "monitors", 0));

    /**
     * A request to a service.
     *
     * @param key its {@code Idempotency-Key}; null: none
     */
    record Asked(
            String method,
            String path,
            Map<String, List<String>> query,
            @Nullable String key,
            String body) {
        @Nullable
        String parameter(String name) {
            var values = query.get(name);
            return values == null ? null : values.getFirst();
        }

        JsonNode json() {
            return JSON.readTree(body);
        }
    }

    /**
     * A response.
     *
     * @param json null: no body
     */
    record Reply(int status, @Nullable Object json, Map<String, String> headers) {
        static Reply of(Object json) {
            return new Reply(200, json, Map.of());
        }

        static Reply empty(int status) {
            return new Reply(status, null, Map.of());
        }

        static Reply problem(int status, String code, String detail) {
            var problem = Shapes.object("title", "Problem", "status", status, "code", code, "detail", detail);
            return new Reply(status, problem, Map.of());
        }
    }

    private record Rule(String method, Pattern path, Function<Asked, Reply> reply) {}

    ConsoleServices() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 100);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** From now on a GET of the path, which is a regular expression, has this JSON. */
    void shows(String path, Object json) {
        answers("GET", path, _ -> Reply.of(json));
    }

    /** From now on such requests are answered so. The latest rule for a path wins. */
    void answers(String method, String path, Function<Asked, Reply> reply) {
        rules.addFirst(new Rule(method, Pattern.compile(path), reply));
    }

    /** The requests whose path begins so fail with this status. */
    void fails(String path, int status) {
        failing.put(path, status);
    }

    void recovers(String path) {
        failing.remove(path);
    }

    /** The requests whose path begins so get no response until the latch is open. */
    void holds(String path, CountDownLatch latch) {
        held.put(path, latch);
    }

    /** Neither rules nor faults nor requests, as at the start. */
    void reset() {
        rules.clear();
        failing.clear();
        held.values().forEach(CountDownLatch::countDown);
        held.clear();
        requests.clear();
        notModified.set(0);
        endsStreams();
    }

    /** The requests since the last reset, with this method and a path that matches the regular expression. */
    List<Asked> requests(String method, String path) {
        return requests.stream()
                .filter(asked -> asked.method().equals(method) && asked.path().matches(path))
                .toList();
    }

    /** The live streams have a change of this kind. */
    void moved(String kind) {
        counters.merge(kind, 1, Integer::sum);
        send(change());
    }

    private String change() {
        return "event: change\ndata: %s\n\n".formatted(JSON.writeValueAsString(counters));
    }

    /** How many live streams are open, as far as a write shows. */
    int streams() {
        send("event: beat\ndata: {}\n\n");
        return streams.size();
    }

    /** The live streams end cleanly. */
    void endsStreams() {
        send("event: bye\ndata: {}\n\n");
        streams.values().forEach(CountDownLatch::countDown);
        streams.clear();
    }

    private void send(String event) {
        streams.forEach((stream, end) -> {
            try {
                stream.write(event.getBytes(UTF_8));
                stream.flush();
            } catch (IOException e) {
                streams.remove(stream);
                end.countDown();
            }
        });
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var uri = exchange.getRequestURI();
            var asked = new Asked(
                    exchange.getRequestMethod(),
                    uri.getPath(),
                    query(uri.getRawQuery()),
                    exchange.getRequestHeaders().getFirst("Idempotency-Key"),
                    new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            requests.add(asked);
            hold(asked.path());
            var failure = failure(asked.path());
            if (failure != null) {
                write(exchange, Reply.problem(failure, "failed", "it fails in this test"));
            } else if (asked.path().equals("/api/live")) {
                stream(exchange);
            } else {
                write(exchange, reply(asked));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void hold(String path) throws InterruptedException {
        for (var entry : held.entrySet()) {
            if (path.startsWith(entry.getKey())) {
                entry.getValue().await();
            }
        }
    }

    private @Nullable Integer failure(String path) {
        return failing.entrySet().stream()
                .filter(entry -> path.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private Reply reply(Asked asked) {
        for (var rule : rules) {
            if (rule.method().equals(asked.method())
                    && rule.path().matcher(asked.path()).matches()) {
                return rule.reply().apply(asked);
            }
        }
        return asked.path().contains("health")
                ? Reply.of(Map.of("status", "UP"))
                : Reply.problem(404, "not_found", "nothing is here in this test");
    }

    /** How many responses since the last reset were 304. */
    int notModified() {
        return notModified.get();
    }

    private void write(HttpExchange exchange, Reply reply) throws IOException {
        var headers = exchange.getResponseHeaders();
        reply.headers().forEach(headers::set);
        if (reply.json() == null) {
            exchange.sendResponseHeaders(reply.status(), -1);
            return;
        }
        var body = JSON.writeValueAsBytes(reply.json());
        headers.set("Content-Type", reply.status() < 400 ? "application/json" : "application/problem+json");
        if (reply.status() == 200) {
            var digest = new CRC32();
            digest.update(body);
            var tag = "\"%x-%x\"".formatted(body.length, digest.getValue());
            headers.set("ETag", tag);
            if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
                notModified.incrementAndGet();
                exchange.sendResponseHeaders(304, -1);
                return;
            }
        }
        exchange.sendResponseHeaders(reply.status(), body.length);
        exchange.getResponseBody().write(body);
    }

    private void stream(HttpExchange exchange) throws IOException, InterruptedException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(200, 0);
        var body = exchange.getResponseBody();
        body.write(change().getBytes(UTF_8));
        body.flush();
        var end = new CountDownLatch(1);
        streams.put(body, end);
        end.await();
    }

    private static Map<String, List<String>> query(@Nullable String raw) {
        var query = new HashMap<String, List<String>>();
        if (raw == null) {
            return query;
        }
        for (var pair : raw.split("&", -1)) {
            var parts = pair.split("=", 2);
            var value = parts.length == 1 ? "" : URLDecoder.decode(parts[1], UTF_8);
            query.computeIfAbsent(URLDecoder.decode(parts[0], UTF_8), _ -> new ArrayList<>())
                    .add(value);
        }
        return query;
    }

    @Override
    public void close() {
        reset();
        server.stop(0);
        threads.shutdownNow();
    }
}
