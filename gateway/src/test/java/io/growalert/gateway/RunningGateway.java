package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.server.Server;
import org.springframework.boot.jetty.JettyWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** The real gateway on a real port, with three stub backends. */
final class RunningGateway implements AutoCloseable {
    static final String TOKEN = "an-operator-token-of-a-test";

    final StubBackend billing = new StubBackend();
    final StubBackend monitors = new StubBackend();
    final StubBackend dispatcher = new StubBackend();
    final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final ServletWebServerApplicationContext context;

    RunningGateway() throws IOException {
        this(Map.of());
    }

    RunningGateway(Map<String, Object> settings) throws IOException {
        var all = new HashMap<String, Object>(Map.of(
                "server.port", 0,
                "growalert.gateway.operator-token", TOKEN,
                "growalert.gateway.backends.billing.url", billing.url(),
                "growalert.gateway.backends.monitors.url", monitors.url(),
                "growalert.gateway.backends.dispatcher.url", dispatcher.url()));
        all.putAll(settings);
        context = (ServletWebServerApplicationContext) Gateway.start(all);
    }

    int port() {
        var server = context.getWebServer();
        return server == null ? -1 : server.getPort();
    }

    Server server() {
        return ((JettyWebServer) Objects.requireNonNull(context.getWebServer())).getServer();
    }

    <T> T part(Class<T> type) {
        return context.getBean(type);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    }

    HttpRequest.Builder asOperator(String path) {
        return request(path).header("Authorization", "Bearer " + TOKEN);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    /** Sends these lines unchanged, and returns the response up to the end of the connection. */
    String raw(String request) throws IOException {
        try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(request.replace("\r", "").replace("\n", "\r\n").getBytes(ISO_8859_1));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    void stop() {
        context.close();
    }

    @Override
    public void close() {
        stop();
        client.shutdownNow();
        billing.close();
        monitors.close();
        dispatcher.close();
    }
}
