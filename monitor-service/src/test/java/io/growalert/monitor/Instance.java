package io.growalert.monitor;

import io.growalert.testkit.TestIdentity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;

/** An unmodified monitor-service, started for a test. */
final class Instance implements AutoCloseable {
    private static final TestIdentity IDENTITY = new TestIdentity();

    private final ConfigurableApplicationContext context;

    private Instance(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static Instance start(TestBroker broker, Path data, Path file, Map<String, ?> more) {
        return start(broker.address(), data, file, more);
    }

    /** @param kafka where none may be */
    static Instance start(String kafka, Path data, Path file, Map<String, ?> more) {
        var settings = new HashMap<String, Object>(Map.of(
                "server.port",
                0,
                "growalert.monitor.kafka",
                kafka,
                "growalert.monitor.files",
                List.of(file),
                "growalert.monitor.data",
                data,
                "growalert.monitor.partitions",
                4,
                "growalert.identity.public-key",
                IDENTITY.publicKey(),
                "growalert.monitor.reload-every",
                "100ms"));
        settings.putAll(more);
        return new Instance(MonitorService.start(settings));
    }

    String get(String path) throws IOException, InterruptedException {
        return send(request(path, "viewer")).body();
    }

    HttpResponse<String> post(String path, String role) throws IOException, InterruptedException {
        return send(request(path, role).POST(BodyPublishers.noBody()));
    }

    private HttpRequest.Builder request(String path, String role) {
        var port = context.getEnvironment().getRequiredProperty("local.server.port");
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", IDENTITY.bearer("monitor-service", "ann", role));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request.build(), BodyHandlers.ofString());
        }
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** As Ctrl-C does. */
    void stop() {
        context.close();
    }

    @Override
    public void close() {
        stop();
    }
}
