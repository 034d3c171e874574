package io.growalert.monitor.source.influx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** An InfluxDB 1 of its own: Debian's {@code influxd} in a folder, which asks everybody for a name and a password. */
final class InfluxServer implements AutoCloseable {
    static final String USER = "farmer";
    static final String PASSWORD = "s3cret";

    private final Process process;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    private InfluxServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static Optional<Path> binary() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .map(folder -> Path.of(folder, "influxd"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static InfluxServer start(Path binary, Path folder) throws IOException {
        int port = freePort();
        var config = Files.writeString(folder.resolve("influxdb.conf"), """
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
                  auth-enabled = true
                  log-enabled = false
                [subscriber]
                  enabled = false
                [continuous_queries]
                  enabled = false
                """.formatted(freePort(), folder, port));
        var process = new ProcessBuilder(binary.toString(), "run", "-config", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("influxd.log").toFile())
                .start();
        var server = new InfluxServer(process, port);
        try {
            Awaitility.await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(server::setUp);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void setUp() throws IOException, InterruptedException {
        assertThat(process.isAlive()).isTrue();
        execute("CREATE USER %s WITH PASSWORD '%s' WITH ALL PRIVILEGES".formatted(USER, PASSWORD));
        execute("CREATE DATABASE sensors");
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    void execute(String command) throws IOException, InterruptedException {
        post("/query", "q=" + URLEncoder.encode(command, StandardCharsets.UTF_8), "application/x-www-form-urlencoded");
    }

    /** Writes points in the line protocol, with times in seconds. */
    void write(String lines) throws IOException, InterruptedException {
        post("/write?db=sensors&precision=s", lines, "text/plain");
    }

    private void post(String path, String body, String type) throws IOException, InterruptedException {
        var credentials = Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        var answer = http.send(
                HttpRequest.newBuilder(URI.create(url() + path))
                        .header("Authorization", "Basic " + credentials)
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
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
