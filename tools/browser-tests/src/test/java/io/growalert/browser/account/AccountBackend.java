package io.growalert.browser.account;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server in place of the billing-service. A test decides the responses by method and path; others are not found. */
final class AccountBackend implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Reaction> reactions = new CopyOnWriteArrayList<>();
    private final List<ReceivedCall> calls = new CopyOnWriteArrayList<>();

    /** @param target path and query */
    record ReceivedCall(
            String method, String target, @Nullable String idempotencyKey, String body) {
        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }
    }

    record CannedResponse(int status, String json) {
        static CannedResponse problem(int status, String code, String members) {
            return new CannedResponse(
                    status,
                    "{\"title\": \"Problem\", \"status\": %d, \"code\": \"%s\"%s}".formatted(status, code, members));
        }
    }

    private record Reaction(String method, String target, Function<ReceivedCall, CannedResponse> response) {}

    AccountBackend() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 100);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** From now on such requests get this response; the latest reaction to a target wins. */
    void answers(String method, String target, int status, String json) {
        answers(method, target, _ -> new CannedResponse(status, json));
    }

    void refuses(String method, String target, int status, String code) {
        answers(method, target, _ -> CannedResponse.problem(status, code, ""));
    }

    void answers(String method, String target, Function<ReceivedCall, CannedResponse> response) {
        reactions.addFirst(new Reaction(method, target, response));
    }

    List<ReceivedCall> calls(String method, String target) {
        return calls.stream()
                .filter(call -> call.method().equals(method) && call.target().equals(target))
                .toList();
    }

    void reset() {
        reactions.clear();
        calls.clear();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var call = new ReceivedCall(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders().getFirst("Idempotency-Key"),
                    new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            calls.add(call);
            var response = reactions.stream()
                    .filter(reaction -> reaction.method().equals(call.method())
                            && reaction.target().equals(call.target()))
                    .findFirst()
                    .map(reaction -> reaction.response().apply(call))
                    .orElseGet(() -> CannedResponse.problem(404, "not_found", ""));
            var body = response.json().getBytes(UTF_8);
            exchange.getResponseHeaders()
                    .putAll(Map.of(
                            "Content-Type",
                            List.of(response.status() < 400 ? "application/json" : "application/problem+json")));
            exchange.sendResponseHeaders(response.status(), body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
