package io.growalert.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A service behind the gateway that records its requests and responds as a test defines. */
final class StubBackend implements AutoCloseable {
    /** One received request. */
    @SuppressWarnings("ArrayRecordComponent") // these are not compared
    record Seen(String method, String uri, Map<String, List<String>> headers, byte[] body) {
        @Nullable
        String header(String name) {
            var values = headers.get(name);
            return values == null ? null : values.getFirst();
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Deque<Seen> seen = new ArrayDeque<>();
    private volatile HttpHandler answer = exchange -> answer(exchange, 200, "ok");

    StubBackend() throws IOException {
        this(0);
    }

    StubBackend(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            var headers = new java.util.TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, List.copyOf(values)));
            note(new Seen(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    headers,
                    exchange.getRequestBody().readAllBytes()));
            answer.handle(exchange);
            exchange.close();
        });
        server.start();
    }

    private void note(Seen request) {
        synchronized (seen) {
            seen.add(request);
        }
    }

    void answers(HttpHandler handler) {
        answer = handler;
    }

    static void answer(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        boolean none = exchange.getRequestMethod().equals("HEAD") || bytes.length == 0;
        exchange.sendResponseHeaders(status, none ? -1 : bytes.length);
        if (!none) {
            exchange.getResponseBody().write(bytes);
        }
    }

    Seen last() {
        synchronized (seen) {
            return seen.getLast();
        }
    }

    int count() {
        synchronized (seen) {
            return seen.size();
        }
    }

    /** Drops the recorded requests. */
    void forget() {
        synchronized (seen) {
            seen.clear();
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
