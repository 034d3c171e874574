package io.growalert.billing.apply;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.stripe.StripeClient;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.billing.stripe.StripeObjects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.node.ObjectNode;

/** Emits events, and serves the current state of their objects, as Stripe does. */
final class FakeStripe implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, String> objects = new ConcurrentHashMap<>();
    private final List<SentEvent> events = new ArrayList<>();

    /** The requests, as {@code GET /v1/charges/ch_1}. */
    final List<String> requests = new CopyOnWriteArrayList<>();
    /** How many of the next requests fail with 503. */
    final AtomicInteger failures = new AtomicInteger();

    /** An event. */
    record SentEvent(String id, String type, long created, String object, String payload) {}

    FakeStripe() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    StripeObjects client() {
        return new StripeObjects(StripeClient.builder()
                .setApiKey("sk_test_fake")
                .setApiBase("http://127.0.0.1:" + server.getAddress().getPort())
                .setConnectTimeout(2_000)
                .setReadTimeout(5_000)
                .build());
    }

    /** Changes an object in this second, and emits an event of it. */
    SentEvent emit(String type, long second, String json) {
        var object = (ObjectNode) StripeFields.parse(json.replace('\'', '"'));
        var id = object.get("id").stringValue();
        switch (type) {
            case "customer.deleted" ->
                objects.put(id, "{\"id\": \"%s\", \"object\": \"customer\", \"deleted\": true}".formatted(id));
            case "invoice.deleted" -> objects.remove(id);
            default -> objects.put(id, object.toString());
        }
        // ids are not in the order of creation
        var event = "evt_%08x_%d".formatted((type + second + object).hashCode(), events.size());
        var sent = new SentEvent(event, type, second, id, """
                {"id": "%s", "object": "event", "type": "%s", "created": %d, "data": {"object": %s}}
                """.formatted(event, type, second, object));
        events.add(sent);
        return sent;
    }

    List<SentEvent> events() {
        return List.copyOf(events);
    }

    /** Deletes an object. */
    void forget(String id) {
        objects.remove(id);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            var path = exchange.getRequestURI().getPath();
            var id = path.substring(path.lastIndexOf('/') + 1);
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                send(exchange, 503, "{\"error\": {\"type\": \"api_error\"}}");
            } else if (exchange.getRequestMethod().equals("DELETE") && objects.containsKey(id)) {
                send(exchange, 200, "{\"id\": \"%s\", \"object\": \"customer\", \"deleted\": true}".formatted(id));
                forget(id);
            } else if (objects.containsKey(id)) {
                send(exchange, 200, objects.get(id));
            } else {
                send(
                        exchange,
                        404,
                        "{\"error\": {\"type\": \"invalid_request_error\", \"code\": \"resource_missing\"}}");
            }
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
