package io.growalert.benchmarks;

import io.growalert.billing.BillingService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One instance of the billing-service in a JVM of its own. */
final class BillingProcess implements AutoCloseable {
    static final String WEBHOOK_SECRET = "whsec_benchmark";

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

    private final Path console;
    private final int port;
    private final List<String> arguments;
    private ChildJvm process;

    private BillingProcess(Path console, int port, List<String> arguments) throws IOException {
        this.console = console;
        this.port = port;
        this.arguments = List.copyOf(arguments);
        process = launch();
    }

    /** Starts it and returns at once. */
    static BillingProcess start(Path console, int port, String databaseUrl, String kafka, URI stripe)
            throws IOException {
        var settings = Map.of(
                "server.port",
                String.valueOf(port),
                "logging.config",
                "classpath:logback-child.xml",
                "growalert.billing.kafka",
                kafka,
                "growalert.billing.database.url",
                databaseUrl,
                "growalert.billing.database.username",
                "postgres",
                "growalert.billing.stripe.api-base",
                stripe.toString(),
                "growalert.billing.stripe.secret-key",
                "sk_test_sandbox",
                "growalert.billing.stripe.publishable-key",
                "pk_test_sandbox",
                "growalert.billing.webhook.secrets[0]",
                WEBHOOK_SECRET);
        var arguments = new ArrayList<String>();
        settings.forEach((name, value) -> arguments.add("--%s=%s".formatted(name, value)));
        return new BillingProcess(console, port, arguments);
    }

    private ChildJvm launch() throws IOException {
        return ChildJvm.start(BillingService.class, console, List.of("-Xmx1g", "-XX:+UseSerialGC"), arguments);
    }

    int port() {
        return port;
    }

    URI address(String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(port, path));
    }

    /** @throws IllegalStateException when it does not serve within a minute and a half */
    void awaitHealthy() throws InterruptedException {
        Await.until(Duration.ofSeconds(90), () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("billing ended; see " + console);
            }
            return isHealthy();
        });
    }

    private boolean isHealthy() {
        var request = HttpRequest.newBuilder(address("/actuator/health"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    double cpuSeconds() {
        return process.cpuSeconds();
    }

    /** SIGKILL, without a farewell. */
    void kill() throws InterruptedException {
        process.kill();
    }

    /** Starts it once more on the same port, and returns at once. */
    void startAgain() throws IOException {
        process = launch();
    }

    @Override
    public void close() {
        process.close();
    }
}
