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
import io.growalert.testkit.InfluxServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real InfluxDB 1. */
@Timeout(60)
class InfluxQlTest {
    private static final Instant FROM = Instant.parse("2026-11-24T07:00:00Z");
    private static final Instant TO = Instant.parse("2026-11-24T07:05:00Z");

    @SuppressWarnings("NullAway.Init") // set before every test
    private static InfluxServer server;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        var binary = InfluxServer.binary();
        assumeTrue(binary.isPresent(), "there is no influxd on the PATH (Debian's package influxdb brings it)");
        server = InfluxServer.startSecured(binary.orElseThrow(), folder);
        server.write("""
                co2,room=r1,site=north ppm=1,sensor="a:from" %1$d
                co2,room=r1,site=north ppm=1200.5,sensor="a:from" %2$d
                co2,room=r2,site=north ppm=600,sensor="b" %3$d
                co2,site=south ppm=400,sensor="c" %3$d
                co2,room=r2,site=north ppm=1,sensor="b" %4$d
                """.formatted(
                FROM.getEpochSecond(), FROM.getEpochSecond() + 60, TO.getEpochSecond(), TO.getEpochSecond() + 1));
    }

    @AfterAll
    @SuppressWarnings("ConstantValue") // null when the tests were skipped
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static InfluxConfig config(String database, @Nullable String password) {
        return new InfluxConfig(
                server.url(),
                null,
                password == null ? null : InfluxServer.USER,
                password == null ? null : new Secret(password),
                database,
                null,
                null);
    }

    private static List<Row> ask(InfluxConfig config, String text) throws Exception {
        try (var source = config.open()) {
            return source.query(query(text));
        }
    }

    private static List<Row> ask(String text) throws Exception {
        return ask(config("sensors", InfluxServer.PASSWORD), text);
    }

    private static Query query(String text) {
        return new Query("m", null, text, FROM, TO, Duration.ofSeconds(20));
    }

    private static void fails(InfluxConfig config, String text, Kind kind, String message) {
        try (Source source = config.open()) {
            assertThatExceptionOfType(SourceException.class)
                    .isThrownBy(() -> source.query(query(text)))
                    .withMessageContaining(message)
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(kind));
        }
    }

    @Test
    void answers_one_row_per_series_of_the_window() throws Exception {
        assertThat(ask("SELECT mean(ppm) FROM co2 WHERE time > :from AND time <= :to GROUP BY room, site"))
                .containsExactlyInAnyOrder(
                        new Row(Map.of("site", "south"), 400),
                        new Row(Map.of("room", "r1", "site", "north"), 1200.5),
                        new Row(Map.of("room", "r2", "site", "north"), 600));
    }

    @Test
    void makes_every_column_but_the_time_and_the_last_a_label() throws Exception {
        assertThat(ask("SELECT sensor, ppm FROM co2 WHERE time > :from AND time <= :to AND sensor = 'a:from'"))
                .containsExactly(new Row(Map.of("sensor", "a:from"), 1200.5));
    }

    @Test
    void keeps_every_row_of_a_series_and_its_missing_values() throws Exception {
        assertThat(ask("""
                        SELECT max(ppm) FROM co2 WHERE time > :from AND time <= :to AND room = 'r1'
                        GROUP BY time(2m), room
                        """))
                .containsExactly(
                        new Row(Map.of("room", "r1"), 1200.5),
                        new Row(Map.of("room", "r1"), null),
                        new Row(Map.of("room", "r1"), null));
    }

    @Test
    void answers_no_rows_when_nothing_matches() throws Exception {
        assertThat(ask("SELECT ppm FROM nothing WHERE time > :from")).isEmpty();
    }

    @Test
    void distinguishes_a_missing_database_from_a_silent_series() {
        fails(
                config("nowhere", InfluxServer.PASSWORD),
                "SELECT ppm FROM co2",
                Kind.QUERY,
                "database not found: nowhere");
    }

    @Test
    void blames_the_query() {
        var config = config("sensors", InfluxServer.PASSWORD);
        fails(config, "SELECT FROM WHERE", Kind.QUERY, "InfluxDB answered 400: error parsing query: found FROM");
        fails(config, "SELECT nothing(ppm) FROM co2", Kind.QUERY, "undefined function nothing()");
    }

    @Test
    void reports_wrong_credentials_without_showing_them() {
        fails(
                config("sensors", "wr0ng"),
                "SELECT ppm FROM co2",
                Kind.SOURCE,
                "InfluxDB answered 401: authorization failed");
        fails(config("sensors", null), "SELECT ppm FROM co2", Kind.SOURCE, "InfluxDB answered 401");
    }
}
