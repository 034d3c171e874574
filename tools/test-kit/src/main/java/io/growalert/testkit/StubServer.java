package io.growalert.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** An HTTP server on 127.0.0.1 that records its requests and answers as a test decides; 200 without a body until then. */
public final class StubServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Seen> requests = new ArrayList<>();
    private volatile HttpHandler answer = exchange -> answer(exchange, 200, "");

    /** A request as it arrived. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Seen(String method, String uri, Map<String, List<String>> headers, byte[] body) {
        public @Nullable String header(String name) {
            var values = headers.get(name);
            return values == null ? null : values.getFirst();
        }

        public String text() {
            return new String(body, UTF_8);
        }
    }

    public StubServer() {
        this(0);
    }

    public StubServer(HttpHandler answer) {
        this();
        this.answer = answer;
    }

    public StubServer(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 100);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, List.copyOf(values)));
            var seen = new Seen(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    headers,
                    exchange.getRequestBody().readAllBytes());
            synchronized (requests) {
                requests.add(seen);
            }
            answer.handle(exchange);
        }
    }

    /** How requests are answered from now on. The body of the request was read already. */
    public void answer(HttpHandler handler) {
        answer = handler;
    }

    public static void answer(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(UTF_8);
        boolean isEmpty = exchange.getRequestMethod().equals("HEAD") || bytes.length == 0;
        exchange.sendResponseHeaders(status, isEmpty ? -1 : bytes.length);
        if (!isEmpty) {
            exchange.getResponseBody().write(bytes);
        }
    }

    public List<Seen> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    public Seen last() {
        return requests().getLast();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** Without a slash at its end. */
    public String url() {
        return "http://127.0.0.1:" + port();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
