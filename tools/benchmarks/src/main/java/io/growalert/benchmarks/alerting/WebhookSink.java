package io.growalert.benchmarks.alerting;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A receiver's server: accepts every webhook and records when it arrived. */
final class WebhookSink implements AutoCloseable {
    record Arrival(Instant at, String webhookId, AlertEvent event) {}

    private final HttpServer server;
    private final List<Arrival> arrivals = new CopyOnWriteArrayList<>();
    private final AtomicInteger refused = new AtomicInteger();

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

    List<Arrival> arrivals() {
        return List.copyOf(arrivals);
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
            var event = Json.read(exchange.getRequestBody().readAllBytes(), AlertEvent.class);
            arrivals.add(new Arrival(at, exchange.getRequestHeaders().getFirst("webhook-id"), event));
            exchange.sendResponseHeaders(204, -1);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
