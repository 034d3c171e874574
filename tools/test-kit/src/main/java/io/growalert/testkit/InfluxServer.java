package io.growalert.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A test's own InfluxDB 1: Debian's {@code influxd} with its data in a folder of the test. */
public final class InfluxServer implements AutoCloseable {
    public static final String USER = "farmer";
    public static final String PASSWORD = "s3cret";

    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration START_POLL = Duration.ofMillis(50);

    private final Process process;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    private InfluxServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Where {@code influxd} is installed. */
    public static Optional<Path> binary() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(folder -> Path.of(folder, "influxd"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts a server without users or databases; returns at once, while it is still starting. */
    public static InfluxServer start(Path binary, Path folder) throws IOException {
        return start(binary, folder, false);
    }

    /** Starts a server that requires a user and a password, and creates the user and the database {@code sensors}. */
    public static InfluxServer startSecured(Path binary, Path folder) throws IOException, InterruptedException {
        var server = start(binary, folder, true);
        try {
            server.awaitAnswer();
            server.execute("CREATE USER %s WITH PASSWORD '%s' WITH ALL PRIVILEGES".formatted(USER, PASSWORD));
            server.execute("CREATE DATABASE sensors");
            return server;
        } catch (IOException | InterruptedException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static InfluxServer start(Path binary, Path folder, boolean secured) throws IOException {
        int port = FreePort.next();
        var config = Files.writeString(
                folder.resolve("influxdb.conf"), """
                reporting-disabled = true
                bind-address = "127.0.0.1:%d"
                [meta]
                  dir = "%2$s/meta"
                [data]
                  dir = "%2$s/data"
                  wal-dir = "%2$s/wal"
                [monitor]
                  store-enabled = false
                [http]
                  bind-address = "127.0.0.1:%3$d"
                  auth-enabled = %4$b
                  log-enabled = false
                [subscriber]
                  enabled = false
                [continuous_queries]
                  enabled = false
                """.formatted(FreePort.next(), folder, port, secured));
        var process = new ProcessBuilder(binary.toString(), "run", "-config", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("influxd.log").toFile())
                .start();
        return new InfluxServer(process, port);
    }

    private void awaitAnswer() throws InterruptedException {
        var ping = HttpRequest.newBuilder(URI.create(url() + "/ping")).build();
        long start = System.nanoTime();
        while (true) {
            try {
                http.send(ping, BodyHandlers.discarding());
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() - start > START_LIMIT.toNanos()) {
                    throw new IllegalStateException("influxd did not start", e);
                }
                LockSupport.parkNanos(START_POLL.toNanos());
            }
        }
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public void execute(String command) throws IOException, InterruptedException {
        post("/query", "q=" + URLEncoder.encode(command, UTF_8), "application/x-www-form-urlencoded");
    }

    /** Writes points in the line protocol to the database {@code sensors}, with times in seconds. */
    public void write(String lines) throws IOException, InterruptedException {
        post("/write?db=sensors&precision=s", lines, "text/plain");
    }

    private void post(String path, String body, String type) throws IOException, InterruptedException {
        var credentials = Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(UTF_8));
        var response = http.send(
                HttpRequest.newBuilder(URI.create(url() + path))
                        .header("Authorization", "Basic " + credentials)
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IllegalStateException(
                    "influxd answered %d: %s".formatted(response.statusCode(), response.body()));
        }
    }

    @Override
    public void close() {
        http.close();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
