package io.growalert.monitor.source.influx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.growalert.definitions.Secret;
import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError.Kind;
import io.growalert.monitor.source.Query;
import io.growalert.monitor.source.Source;
import io.growalert.monitor.source.SourceException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** Against a real InfluxDB 2. */
@Tag("containers")
class FluxContainerTest {
    private static final String TOKEN = "s3cret-token";
    private static final Instant FROM = Instant.parse("2026-11-24T07:00:00Z");
    private static final Instant TO = Instant.parse("2026-11-24T07:05:00Z");

    private static final GenericContainer<?> SERVER = new GenericContainer<>("influxdb:2.7")
            .withExposedPorts(8086)
            .withEnv(Map.of(
                    "DOCKER_INFLUXDB_INIT_MODE", "setup",
                    "DOCKER_INFLUXDB_INIT_USERNAME", "farmer",
                    "DOCKER_INFLUXDB_INIT_PASSWORD", "s3cret-password",
                    "DOCKER_INFLUXDB_INIT_ORG", "farm",
                    "DOCKER_INFLUXDB_INIT_BUCKET", "sensors",
                    "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN", TOKEN))
            .waitingFor(Wait.forHttp("/ping").forStatusCode(204));

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(DockerClientFactory.instance().isDockerAvailable(), "no container engine");
        SERVER.start();
        var lines = """
                co2,room=r1 ppm=1200.5 %d
                co2,room=r2 ppm=600 %d
                co2,room=r3 ppm=1 %d
                """.formatted(FROM.getEpochSecond() + 60, FROM.getEpochSecond() + 90, TO.getEpochSecond() + 60);
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create(url() + "/api/v2/write?org=farm&bucket=sensors&precision=s"))
                            .header("Authorization", "Token " + TOKEN)
                            .POST(BodyPublishers.ofString(lines))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
        }
    }

    @AfterAll
    static void stop() {
        SERVER.stop();
    }

    private static String url() {
        return "http://%s:%d".formatted(SERVER.getHost(), SERVER.getMappedPort(8086));
    }

    private static Source source(String token) {
        return new InfluxConfig(url(), new Secret(token), null, null, "sensors", null, "farm").open();
    }

    private static List<Row> ask(String token, String language, String text) throws Exception {
        try (var source = source(token)) {
            return source.query(new Query("m", language, text, FROM, TO, Duration.ofSeconds(30)));
        }
    }

    @Test
    void answers_flux() throws Exception {
        assertThat(ask(TOKEN, "flux", """
                        from(bucket: "sensors") |> range(start: :from, stop: :to)
                          |> filter(fn: (r) => r._measurement == "co2") |> group(columns: ["room"]) |> last()
                        """))
                .containsExactlyInAnyOrder(new Row(Map.of("room", "r1"), 1200.5), new Row(Map.of("room", "r2"), 600.0));
    }

    @Test
    void answers_influx_ql() throws Exception {
        assertThat(ask(TOKEN, "influxql", "SELECT last(ppm) FROM co2 WHERE time > :from AND time <= :to GROUP BY room"))
                .containsExactlyInAnyOrder(new Row(Map.of("room", "r1"), 1200.5), new Row(Map.of("room", "r2"), 600));
    }

    @Test
    void reports_the_kind_of_failure() {
        assertThatExceptionOfType(SourceException.class)
                .isThrownBy(() -> ask(TOKEN, "flux", "from(bucket: \"nowhere\") |> range(start: :from)"))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.QUERY));
        assertThatExceptionOfType(SourceException.class)
                .isThrownBy(() -> ask("wrong", "flux", "from(bucket: \"sensors\") |> range(start: :from)"))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.SOURCE));
    }
}
