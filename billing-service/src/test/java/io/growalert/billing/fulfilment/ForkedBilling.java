package io.growalert.billing.fulfilment;

import static org.awaitility.Awaitility.await;

import io.growalert.billing.BillingService;
import io.growalert.billing.customer.Running;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A further instance of a running billing-service in a separate JVM, which can be killed. */
final class ForkedBilling implements AutoCloseable {
    private final Process process;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    private ForkedBilling(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Waits until it accepts connections. */
    static ForkedBilling beside(Running billing) throws IOException {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                BillingService.class.getName()));
        command.addAll(billing.arguments(port));
        var instance = new ForkedBilling(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start(),
                port);
        await().atMost(Duration.ofMinutes(2)).until(instance::accepts);
        return instance;
    }

    private boolean accepts() {
        if (!process.isAlive()) {
            throw new IllegalStateException("the instance ended with " + process.exitValue());
        }
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Sends a request to this instance, whichever it was made for, and waits for no answer. */
    void send(HttpRequest.Builder request) {
        var path = request.build().uri().getRawPath();
        var _ = http.sendAsync(
                request.uri(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                        .build(),
                BodyHandlers.ofString());
    }

    /** As SIGKILL does. */
    void kill() {
        process.destroyForcibly();
        await().atMost(Duration.ofMinutes(1)).until(() -> !process.isAlive());
    }

    @Override
    public void close() {
        kill();
        http.shutdownNow();
    }
}
