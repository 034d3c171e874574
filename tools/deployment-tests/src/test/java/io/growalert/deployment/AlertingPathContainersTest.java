package io.growalert.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.growalert.deployment.Scenario.Database;
import io.growalert.deployment.Scenario.Series;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** The alerting path on Apache's Kafka, PostgreSQL and InfluxDB 2 with Flux, in their own images: {@code mvn verify -Pcontainers}. */
@Tag("containers")
class AlertingPathContainersTest {
    private static final String TOKEN = "s3cret-token";

    @TempDir
    private Path folder;

    private record InfluxTwo(String url) implements Series {
        @Override
        public String source() {
            return "{influx: {url: \"%s\", token: %s, org: farm}}".formatted(url, TOKEN);
        }

        @Override
        public String query() {
            return """
                        language: flux
                        query: |
                          from(bucket: "sensors") |> range(start: :from, stop: :to)
                            |> filter(fn: (r) => r._measurement == "co2") |> group(columns: ["room"]) |> last()""".indent(-4).stripTrailing();
        }

        @Override
        public void write(double ppm) throws Exception {
            var line = "co2,room=r2 ppm=%s %d".formatted(ppm, Instant.now().getEpochSecond());
            try (var http = HttpClient.newHttpClient()) {
                var request = HttpRequest.newBuilder(
                                URI.create(url + "/api/v2/write?org=farm&bucket=sensors&precision=s"))
                        .header("Authorization", "Token " + TOKEN)
                        .POST(BodyPublishers.ofString(line))
                        .build();
                assertThat(http.send(request, BodyHandlers.ofString()).statusCode())
                        .isEqualTo(204);
            }
        }
    }

    @Test
    void a_bad_value_fires_and_a_good_one_resolves() throws Exception {
        requireEngine();
        try (var kafka = new KafkaContainer("apache/kafka:4.1.2");
                var postgres = new PostgreSQLContainer("postgres:18");
                var influx = influx()) {
            kafka.start();
            postgres.start();
            influx.start();
            var series = new InfluxTwo("http://%s:%d".formatted(influx.getHost(), influx.getMappedPort(8086)));

            Scenario.run(
                    kafka.getBootstrapServers(),
                    new Database(
                            postgres.getJdbcUrl().replaceFirst("\\?.*", ""),
                            postgres.getUsername(),
                            postgres.getPassword()),
                    List.of(series),
                    folder);
        }
    }

    private static void requireEngine() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            // past Surefire, which puts a test's output into a file
            new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8)
                    .println("containers: no container engine; skipped the alerting path over containers");
            assumeTrue(false, "no container engine");
        }
    }

    private static GenericContainer<?> influx() {
        return new GenericContainer<>("influxdb:2.7")
                .withExposedPorts(8086)
                .withEnv(Map.of(
                        "DOCKER_INFLUXDB_INIT_MODE", "setup",
                        "DOCKER_INFLUXDB_INIT_USERNAME", "farmer",
                        "DOCKER_INFLUXDB_INIT_PASSWORD", "s3cret-password",
                        "DOCKER_INFLUXDB_INIT_ORG", "farm",
                        "DOCKER_INFLUXDB_INIT_BUCKET", "sensors",
                        "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN", TOKEN))
                .waitingFor(Wait.forHttp("/ping").forStatusCode(204));
    }
}
