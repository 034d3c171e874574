package io.growalert.benchmarks.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One instance of a service in a separate JVM. */
public final class ServiceProcess implements AutoCloseable {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

    /** As a file, since another checkout's class path does not have ours. */
    private static final Path LOGGING = Path.of("tools/benchmarks/src/main/resources/logback-child.xml");

    private final JvmProgram program;
    private final Path console;
    private final int port;
    private final String health;
    private final List<String> jvmOptions;
    private final List<String> arguments;
    private ChildJvm process;

    /**
     * Starts it and returns at once.
     *
     * @param health the path that answers 200 when it serves
     * @param settings by property name
     */
    public ServiceProcess(
            Class<?> main, Path console, int port, String health, List<String> jvmOptions, Map<String, String> settings)
            throws IOException {
        this(main, console, port, health, jvmOptions, settings, Map.of());
    }

    /** @param environment variables on top of this process's own */
    public ServiceProcess(
            Class<?> main,
            Path console,
            int port,
            String health,
            List<String> jvmOptions,
            Map<String, String> settings,
            Map<String, String> environment)
            throws IOException {
        this(JvmProgram.of(main).with(environment), console, port, health, jvmOptions, settings);
    }

    public ServiceProcess(
            JvmProgram program,
            Path console,
            int port,
            String health,
            List<String> jvmOptions,
            Map<String, String> settings)
            throws IOException {
        this.program = program;
        this.console = console;
        this.port = port;
        this.health = health;
        this.jvmOptions = List.copyOf(jvmOptions);
        var all = new ArrayList<>(List.of("--server.port=" + port, "--logging.config=" + LOGGING.toUri()));
        settings.forEach((name, value) -> all.add("--%s=%s".formatted(name, value)));
        arguments = List.copyOf(all);
        process = launch();
    }

    private ChildJvm launch() throws IOException {
        return ChildJvm.start(program, console, jvmOptions, arguments);
    }

    public int port() {
        return port;
    }

    public URI address(String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(port, path));
    }

    /** @throws IllegalStateException when it does not serve within ten minutes */
    public void awaitHealthy() throws InterruptedException {
        Await.until(Duration.ofMinutes(10), () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("%s ended: %s".formatted(program.main(), lastWords()));
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

    /** Whether it answers with 200, which a service does that is UP or DEGRADED. */
    public boolean isHealthy() {
        var request = HttpRequest.newBuilder(address(health))
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

    public double cpuSeconds() {
        return process.cpuSeconds();
    }

    public ChildJvm jvm() {
        return process;
    }

    /** SIGKILL, without a shutdown. */
    public void kill() throws InterruptedException {
        process.kill();
    }

    /** Starts it once more on the same port, and returns at once. */
    public void startAgain() throws IOException {
        process = launch();
    }

    @Override
    public void close() {
        process.close();
    }
}
