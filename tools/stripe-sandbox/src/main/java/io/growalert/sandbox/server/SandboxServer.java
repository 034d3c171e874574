package io.growalert.sandbox.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.growalert.sandbox.http.ApiRequest;
import io.growalert.sandbox.http.ApiResponse;
import io.growalert.sandbox.object.EventLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** The HTTP server on 127.0.0.1, with a virtual thread for each request. */
public final class SandboxServer implements AutoCloseable {
    /** Stripe does not publish its limit; no request of the billing flow comes near. */
    private static final int LARGEST_BODY = 1 << 20;

    static {
        // Without it a response waits up to 40 ms for the client's delayed acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Function<ApiRequest, ApiResponse> api;

    public SandboxServer(int port, Function<ApiRequest, ApiResponse> api) throws IOException {
        this.api = api;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    public URI base() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            var answer = exchange.getRequestMethod().equals("OPTIONS")
                    ? ApiResponse.text(204, "text/plain", "")
                    : api.apply(read(exchange));
            if (answer.headers().containsKey(ApiResponse.CUT)) {
                return;
            }
            var hang = answer.headers().get(ApiResponse.HANG);
            if (hang != null && !waited(Long.parseLong(hang))) {
                return;
            }
            var headers = exchange.getResponseHeaders();
            headers.set("Content-Type", answer.contentType());
            headers.set("Cache-Control", "no-cache, no-store");
            // A page of any origin may pay, as with Stripe itself.
            headers.set("Access-Control-Allow-Origin", "*");
            headers.set("Access-Control-Allow-Headers", "*, Authorization");
            headers.set("Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE");
            headers.set("Stripe-Version", EventLog.API_VERSION);
            answer.headers().forEach(headers::set);
            headers.remove(ApiResponse.HANG);
            var bytes = answer.bytes();
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static boolean waited(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the sandbox stops
            return false;
        }
    }

    private static ApiRequest read(HttpExchange exchange) throws IOException {
        var body = exchange.getRequestBody().readNBytes(LARGEST_BODY);
        var uri = exchange.getRequestURI();
        var query = uri.getRawQuery();
        var headers = exchange.getRequestHeaders();
        var type = headers.getFirst("Content-Type");
        return new ApiRequest(
                exchange.getRequestMethod(),
                uri.getPath(),
                query == null ? "" : query,
                new String(body, StandardCharsets.UTF_8),
                type == null || type.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded"),
                headers.getFirst("Authorization"),
                headers.getFirst("Idempotency-Key"));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
