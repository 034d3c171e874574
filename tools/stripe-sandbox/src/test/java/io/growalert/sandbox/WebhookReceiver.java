package io.growalert.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.stripe.exception.SignatureVerificationException;
import com.stripe.model.Event;
import com.stripe.net.Webhook;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ToIntFunction;

/** A webhook endpoint that records what it received, in order of arrival, and responds as configured. */
public final class WebhookReceiver implements AutoCloseable {
    public static final String SECRET = "whsec_test";

    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private volatile ToIntFunction<Event> answer = _ -> 200;

    public WebhookReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(threads);
        server.createContext("/hook", this::receive);
        server.start();
    }

    public URI url() {
        return URI.create(
                "http://127.0.0.1:%d/hook".formatted(server.getAddress().getPort()));
    }

    public void answer(int status) {
        answer = _ -> status;
    }

    public void answer(ToIntFunction<Event> status) {
        answer = status;
    }

    List<Event> events() {
        return List.copyOf(events);
    }

    public List<String> ids() {
        return events.stream().map(Event::getId).toList();
    }

    List<String> types() {
        return events.stream().map(Event::getType).toList();
    }

    public List<String> bodies() {
        return List.copyOf(bodies);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            // no bound on the age: the clock of a test may stand elsewhere
            var event = Webhook.constructEvent(
                    body, exchange.getRequestHeaders().getFirst("Stripe-Signature"), SECRET, Long.MAX_VALUE / 2);
            bodies.add(body);
            events.add(event);
            exchange.sendResponseHeaders(answer.applyAsInt(event), -1);
        } catch (SignatureVerificationException e) {
            exchange.sendResponseHeaders(400, -1);
        }
    }
}
