package io.growalert.benchmarks.alerting;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.growalert.benchmarks.fault.TimeSpan;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import tools.jackson.databind.JsonNode;

/** A receiver's server: accepts every webhook and records when it arrived. */
final class WebhookSink implements AutoCloseable {
    record Arrival(Instant at, String webhookId, AlertEvent event) {
        /** From the event's slot, in seconds. */
        double delay() {
            return new TimeSpan(event.slot(), at).seconds();
        }
    }

    /** A message about several alerts. */
    record GroupArrival(Instant at, String webhookId, JsonNode message) {}

    private final HttpServer server;
    private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
    private final Queue<Instant> messageTimes = new ConcurrentLinkedQueue<>();
    private final Queue<GroupArrival> groups = new ConcurrentLinkedQueue<>();
    private final LongAdder grouped = new LongAdder();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean failing;
    private volatile Duration delay = Duration.ZERO;

    WebhookSink() throws IOException {
        this(0);
    }

    WebhookSink(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::take);
        server.createContext("/refuse", this::refuse);
        server.start();
    }

    /** Whether each webhook is answered with 500 from now on, and is no arrival. */
    void beFailing(boolean failing) {
        this.failing = failing;
    }

    /** How long each answer takes from now on. */
    void beSlow(Duration delay) {
        this.delay = delay;
    }

    /** Where each webhook is a bad request. */
    String refusingUrl() {
        return "http://127.0.0.1:%d/refuse".formatted(server.getAddress().getPort());
    }

    int refused() {
        return refused.get();
    }

    String url() {
        return "http://127.0.0.1:%d/hook".formatted(server.getAddress().getPort());
    }

    /** The messages that are one event each. */
    List<Arrival> arrivals() {
        return List.copyOf(arrivals);
    }

    List<GroupArrival> groups() {
        return List.copyOf(groups);
    }

    /** When each message arrived. */
    List<Instant> messageTimes() {
        return List.copyOf(messageTimes);
    }

    int messages() {
        return messageTimes.size();
    }

    /** How many alerts the messages say are new or resolved. */
    long alerts() {
        return arrivals.size() + grouped.sum();
    }

    private void refuse(HttpExchange exchange) throws IOException {
        try (exchange) {
            refused.incrementAndGet();
            exchange.sendResponseHeaders(400, -1);
        }
    }

    private void take(HttpExchange exchange) throws IOException {
        var at = Instant.now();
        try (exchange) {
            TimeUnit.MILLISECONDS.sleep(delay.toMillis());
            if (failing) {
                exchange.sendResponseHeaders(500, -1);
                return;
            }
            var body = exchange.getRequestBody().readAllBytes();
            var message = Json.read(body, JsonNode.class);
            var id = exchange.getRequestHeaders().getFirst("webhook-id");
            if (message.path("type").asString("").equals("group")) {
                groups.add(new GroupArrival(Instant.now(), id, message));
                var counts = message.path("counts");
                grouped.add(
                        counts.path("new").asLong(0) + counts.path("resolved").asLong(0));
            } else {
                arrivals.add(new Arrival(at, id, Json.read(body, AlertEvent.class)));
            }
            messageTimes.add(at);
            exchange.sendResponseHeaders(204, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
