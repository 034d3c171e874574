package io.growalert.benchmarks;

import static java.util.Map.entry;

import io.growalert.billing.BillingService;
import io.growalert.sandbox.StripeSandbox;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** One instance of the billing-service in a JVM of its own. */
final class BillingProcess implements AutoCloseable {
    static final String WEBHOOK_SECRET = "whsec_benchmark";

    /** No session is ever opened. */
    private static final String SESSION_KEY = Base64.getEncoder().encodeToString(new byte[32]);

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
        var settings = Map.ofEntries(
                entry("server.port", String.valueOf(port)),
                entry("logging.config", "classpath:logback-child.xml"),
                entry("growalert.billing.kafka", kafka),
                entry("growalert.billing.database.url", databaseUrl),
                entry("growalert.billing.database.username", "postgres"),
                entry("growalert.billing.stripe.api-base", stripe.toString()),
                entry("growalert.billing.stripe.secret-key", StripeSandbox.SECRET_KEY),
                entry("growalert.billing.stripe.publishable-key", StripeSandbox.PUBLISHABLE_KEY),
                entry("growalert.billing.webhook.secrets[0]", WEBHOOK_SECRET),
                entry("growalert.billing.customer.prices[0]", "basic"),
                entry("growalert.billing.customer.device.amount", "4900"),
                entry("growalert.billing.customer.device.currency", "eur"),
                entry("growalert.billing.customer.session.keys[0]", SESSION_KEY));
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
                throw new IllegalStateException("billing ended: " + lastWords());
            }
            return isHealthy();
        });
    }

    private String lastWords() {
        try {
            var lines = Files.readAllLines(console);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
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
