package io.growalert.monitor.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.definitions.Secret;
import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError.Kind;
import io.growalert.monitor.source.GuardedSource;
import io.growalert.monitor.source.Query;
import io.growalert.monitor.source.Source;
import io.growalert.monitor.source.SourceException;
import io.growalert.monitor.source.StallingProxy;
import io.growalert.testkit.TestPostgres;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PostgresSourceTest {
    private static final Instant FROM = Instant.parse("2026-11-24T07:00:00Z");
    private static final Instant TO = Instant.parse("2026-11-24T07:05:00Z");
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);
    /** The server ends a query a tenth of it earlier, which a busy machine must not use up. */
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    @SuppressWarnings("NullAway.Init") // set before every test
    private static TestPostgres database;

    @SuppressWarnings("NullAway.Init") // set before every test
    private static Source source;

    @BeforeAll
    static void start() throws IOException, SQLException {
        database = new TestPostgres();
        admin("CREATE TABLE readings (time timestamptz, plain timestamp, room text, co2_ppm numeric, sensor int)");
        admin("""
                INSERT INTO readings VALUES
                    ('2026-11-24T07:00:00Z', '2026-11-24T07:00:00', 'r1', 1, 7),
                    ('2026-11-24T07:01:00Z', '2026-11-24T07:01:00', 'r1', 1200.5, 7),
                    ('2026-11-24T07:05:00Z', '2026-11-24T07:05:00', 'r2', 600, 8),
                    ('2026-11-24T07:06:00Z', '2026-11-24T07:06:00', 'r2', 1, 8)
                """);
        source = open(TestPostgres.port());
    }

    @AfterAll
    static void stop() throws IOException {
        source.close();
        database.close();
    }

    private static void admin(String sql) throws SQLException {
        try (var connection = database.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Source open(int port) {
        return new PostgresConfig(
                        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database.name()), "postgres", null, 2)
                .open();
    }

    private static Query query(String sql, Duration timeout) {
        return new Query("m", null, sql, FROM, TO, timeout);
    }

    private static List<Row> ask(String sql) throws Exception {
        return source.query(query(sql, LONG));
    }

    private static SourceException failure(Source source, String sql, Duration timeout) {
        var failure = new CompletableFuture<SourceException>();
        assertThatExceptionOfType(SourceException.class)
                .isThrownBy(() -> source.query(query(sql, timeout)))
                .satisfies(failure::complete);
        return failure.join();
    }

    private static SourceException failure(String sql) {
        return failure(source, sql, LONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"time", "plain"})
    void answers_one_row_per_series_of_the_window(String column) throws Exception {
        var rows = ask("""
                SELECT room, avg(co2_ppm)::numeric(8,2) AS value -- the average, :from and on
                FROM readings WHERE %1$s > :from AND %1$s <= :to AND room <> ':to' GROUP BY room ORDER BY room;
                """.formatted(column));

        assertThat(rows)
                .containsExactly(
                        new Row(Map.of("room", "r1"), new BigDecimal("1200.50")),
                        new Row(Map.of("room", "r2"), new BigDecimal("600.00")));
    }

    @Test
    void can_use_a_parameter_in_the_list_of_columns_and_in_the_groups_too() throws Exception {
        var rows = ask("""
                SELECT date_bin('5 minutes', time, :from)::text AS bin, count(*) AS value FROM readings
                GROUP BY date_bin('5 minutes', time, :from) ORDER BY bin
                """);

        assertThat(rows)
                .containsExactly(
                        new Row(Map.of("bin", "2026-11-24 07:00:00+00"), 2L),
                        new Row(Map.of("bin", "2026-11-24 07:05:00+00"), 2L));
    }

    @Test
    void writes_labels_plainly_and_leaves_nulls_out() throws Exception {
        var rows = ask("""
                SELECT 1 AS value, 7 AS "Sensor", 1.50::numeric AS n, 21::float8 AS f, true AS b, NULL AS missing,
                    interval '90 s' AS i, '00000000-0000-0000-0000-000000000001'::uuid AS id, ARRAY[1, 2] AS a
                """);

        assertThat(rows)
                .containsExactly(new Row(
                        Map.of(
                                "Sensor", "7",
                                "n", "1.50",
                                "f", "21",
                                "b", "true",
                                "i", "00:01:30",
                                "id", "00000000-0000-0000-0000-000000000001",
                                "a", "{1,2}"),
                        1));
    }

    @Test
    void gives_values_as_they_came() throws Exception {
        assertThat(ask("SELECT NULL::int AS value").getFirst().value()).isNull();
        assertThat(ask("SELECT 'NaN'::float8 AS value").getFirst().value()).isEqualTo(Double.NaN);
        assertThat(ask("SELECT 'NaN'::numeric AS value").getFirst().value()).isEqualTo(Double.NaN);
        assertThat(ask("SELECT 'text' AS value").getFirst().value()).isEqualTo("text");
        assertThat(ask("SELECT false AS value").getFirst().value()).isEqualTo(false);
        assertThat(ask("SELECT 1 AS value WHERE false")).isEmpty();
    }

    @Test
    void understands_operators_with_question_marks() throws Exception {
        assertThat(ask("SELECT count(*) AS value WHERE '{\"a\": 1}'::jsonb ? 'a' AND 'is it :to?' LIKE '%?'"))
                .containsExactly(new Row(Map.of(), 1L));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT 1 AS other | the answer has no column named value, only other",
                "SELECT 1 AS a, 2 AS a, 3 AS value | the answer has two columns named a",
                "SELECT 1 AS value FROM generate_series(1, 100001) | the answer has more than 100,000 rows",
                "SELECT :to, nothing AS value | ERROR: column \"nothing\" does not exist (line 1, column 13)",
                "SELEKT 1 | ERROR: syntax error at or near \"SELEKT\" (line 1, column 1)",
                "SELECT 1 / 0 AS value | ERROR: division by zero",
                "SELECT 1; DROP TABLE readings | a second statement begins at line 1, column 11; only one is allowed",
                "COMMIT | No results were returned by the query.",
            })
    void blames_the_query(String sql, String message) {
        assertThat(failure(sql))
                .hasMessage(message)
                .extracting(SourceException::kind)
                .isEqualTo(Kind.QUERY);
    }

    @ParameterizedTest
    @CsvSource({
        "now(), timestamptz",
        "now()::timestamp, timestamp",
        "now()::date, date",
        "now()::time, time",
        "now()::timetz, timetz",
    })
    void refuses_a_time_as_a_label(String time, String type) {
        assertThat(failure("SELECT %s AS seen, 'r1' AS room, 1 AS value".formatted(time)))
                .hasMessageStartingWith("the column seen is a %s: as a label".formatted(type))
                .extracting(SourceException::kind)
                .isEqualTo(Kind.QUERY);
    }

    @Test
    void refuses_an_answer_that_is_too_large() throws Exception {
        assertThat(failure("SELECT repeat('x', 1000000) AS label, 1 AS value FROM generate_series(1, 70)"))
                .hasMessage("the answer has more than 64M")
                .extracting(SourceException::kind)
                .isEqualTo(Kind.QUERY);
        assertThat(ask("SELECT 1 AS value")).hasSize(1);
    }

    @Test
    void rejects_a_query_without_a_window() {
        assertThatExceptionOfType(SourceException.class)
                .isThrownBy(() -> source.query(new Query("m", null, "SELECT :from AS value", null, TO, LONG)))
                .withMessage("the query uses :from, but the monitor has no window");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM readings RETURNING 1 AS value",
                "SELECT set_config('transaction_read_only', 'off', true) AS value, nextval('nothing')",
                "SET TRANSACTION READ WRITE",
                "WITH gone AS (DELETE FROM readings RETURNING 1) SELECT count(*) AS value FROM gone",
            })
    void writes_nothing(String sql) throws Exception {
        assertThat(failure(sql).kind()).isEqualTo(Kind.QUERY);
        assertThat(ask("SELECT count(*) AS value FROM readings")).containsExactly(new Row(Map.of(), 4L));
    }

    @Test
    void leaves_nothing_behind_for_the_next_query() throws Exception {
        assertThat(failure(source, "SELECT 1 AS value, pg_sleep(20)", SHORT).kind())
                .isEqualTo(Kind.TIMEOUT);
        assertThat(ask("SELECT 1 AS value, current_setting('statement_timeout') AS t, pg_sleep(0.5)"))
                .singleElement()
                .satisfies(row -> assertThat(row.labels())
                        .hasEntrySatisfying("t", t -> assertThat(t).startsWith("29")));
    }

    @Test
    void ends_a_slow_query_at_its_timeout() {
        assertThat(failure(source, "SELECT pg_sleep(20), 1 AS value", SHORT))
                .hasMessage("no answer in time: ERROR: canceling statement due to statement timeout")
                .extracting(SourceException::kind)
                .isEqualTo(Kind.TIMEOUT);
    }

    @Test
    void an_interrupt_ends_the_wait_at_once() throws Exception {
        var outcome = new CompletableFuture<List<Row>>();
        var thread = Thread.ofVirtual().start(() -> {
            try {
                outcome.complete(ask("SELECT pg_sleep(20), 1 AS value"));
            } catch (Exception e) {
                outcome.completeExceptionally(e);
            }
        });
        Awaitility.await()
                .until(() -> !ask("SELECT 1 AS value FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(20), 1%'")
                        .isEmpty());

        thread.interrupt();

        assertThat(outcome)
                .failsWithin(60, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(InterruptedException.class);
        assertThat(ask("SELECT 1 AS value")).hasSize(1);
    }

    @Test
    void reports_a_refused_connection_at_once() throws Exception {
        int port;
        try (var closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        try (var dead = open(port)) {
            assertThat(failure(dead, "SELECT 1 AS value", LONG))
                    .hasMessageStartingWith(
                            "cannot connect to the database: Connection to 127.0.0.1:" + port + " refused")
                    .extracting(SourceException::kind)
                    .isEqualTo(Kind.SOURCE);
        }
    }

    @Test
    void reports_why_the_server_rejects_the_connection() {
        var config = new PostgresConfig(
                "jdbc:postgresql://127.0.0.1:%d/nowhere".formatted(TestPostgres.port()),
                "postgres",
                new Secret("s3cret"),
                1);
        try (var refused = config.open()) {
            assertThat(failure(refused, "SELECT 1 AS value", LONG))
                    .hasMessage("cannot connect to the database: FATAL: database \"nowhere\" does not exist")
                    .extracting(SourceException::kind)
                    .isEqualTo(Kind.SOURCE);
        }
    }

    @Test
    void does_not_wait_longer_for_a_silent_peer_than_the_timeout() throws Exception {
        try (var peer = StallingProxy.silent();
                var silent = open(peer.port())) {
            assertThat(failure(silent, "SELECT 1 AS value", SHORT))
                    .hasMessage("no connection to the database in time")
                    .extracting(SourceException::kind)
                    .isEqualTo(Kind.TIMEOUT);
        }
    }

    @Test
    void does_not_wait_longer_for_a_peer_that_went_silent_than_the_timeout() throws Exception {
        try (var proxy = new StallingProxy(TestPostgres.port());
                var proxied = open(proxy.port())) {
            assertThat(proxied.query(query("SELECT 1 AS value", LONG))).hasSize(1);
            proxy.stall();
            assertThat(failure(proxied, "SELECT 1 AS value", SHORT).kind()).isEqualTo(Kind.TIMEOUT);
        }
    }

    @Test
    void reconnects_after_the_server_broke_the_connection() throws Exception {
        try (var proxy = new StallingProxy(TestPostgres.port());
                var proxied = open(proxy.port())) {
            assertThat(failure(proxied, "SELECT pg_terminate_backend(pg_backend_pid()), 1 AS value", LONG)
                            .kind())
                    .isEqualTo(Kind.SOURCE);
            assertThat(proxied.query(query("SELECT 1 AS value", LONG))).hasSize(1);
            proxy.breakConnections();
            Awaitility.await().ignoreException(SourceException.class).untilAsserted(() -> assertThat(
                            proxied.query(query("SELECT 1 AS value", LONG)))
                    .hasSize(1));
        }
    }

    @Test
    void waits_for_a_connection_no_longer_than_the_timeout() throws Exception {
        try (var small = new PostgresConfig(
                        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(TestPostgres.port(), database.name()),
                        "postgres",
                        null,
                        1)
                .open()) {
            var first = Thread.ofVirtual()
                    .start(() -> failure(small, "SELECT pg_sleep(20), 2 AS value", Duration.ofSeconds(2)));
            Awaitility.await()
                    .until(() ->
                            !ask("SELECT 1 AS value FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(20), 2%'")
                                    .isEmpty());
            assertThat(failure(small, "SELECT 1 AS value", SHORT)).hasMessage("no connection to the database in time");
            first.join();
        }
    }

    @Test
    void fails_running_queries_when_it_is_closed() throws Exception {
        var closing = open(TestPostgres.port());
        var outcome = CompletableFuture.supplyAsync(
                () -> failure(closing, "SELECT pg_sleep(20), 3 AS value", LONG),
                task -> Thread.ofVirtual().start(task));
        Awaitility.await()
                .until(() -> !ask("SELECT 1 AS value FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(20), 3%'")
                        .isEmpty());
        closing.close();
        assertThat(outcome.get(60, TimeUnit.SECONDS).kind()).isEqualTo(Kind.SOURCE);
        assertThat(failure(closing, "SELECT 1 AS value", SHORT).kind()).isNotNull();
        closing.close();
    }

    /** X runs into its timeout in each run, and is interrupted at its end; Y uses the same source. */
    @Test
    void a_monitor_that_always_times_out_keeps_no_other_from_running() throws Exception {
        try (var guarded = new GuardedSource("farm-db", open(TestPostgres.port()), 2)) {
            for (int run = 0; run < GuardedSource.FAILURES + 2; run++) {
                assertThatThrownBy(() -> guarded.query(
                                new Query("x", null, "SELECT pg_sleep(9), 1 AS value", null, TO, TIMEOUT)))
                        .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.isAnswer())
                                .isTrue());
                assertThat(guarded.query(new Query("y", null, "SELECT 2000 AS value", null, TO, LONG)))
                        .hasSize(1);
            }
            assertThat(guarded.state().circuitOpen()).isFalse();
        }
    }

    @Test
    void answers_a_probe_while_all_connections_of_the_pool_are_busy() throws Exception {
        try (var small = new PostgresConfig(
                        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(TestPostgres.port(), database.name()),
                        "postgres",
                        null,
                        1)
                .open()) {
            var busy = Thread.ofVirtual()
                    .start(() -> failure(small, "SELECT pg_sleep(20), 4 AS value", Duration.ofSeconds(2)));
            Awaitility.await()
                    .until(() ->
                            !ask("SELECT 1 AS value FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(20), 4%'")
                                    .isEmpty());

            small.probe(Duration.ofSeconds(1));

            busy.join();
        }
    }

    @Test
    void a_silent_peer_answers_no_probe() throws Exception {
        try (var peer = StallingProxy.silent();
                var silent = open(peer.port())) {
            assertThatExceptionOfType(SourceException.class).isThrownBy(() -> silent.probe(Duration.ofSeconds(1)));
        }
    }
}
