package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabaseTest {
    @TempDir
    static Path programs;

    @TempDir
    Path folder;

    @Test
    void it_is_durable_and_keeps_its_rows_over_a_restart() throws Exception {
        try (var database = start()) {
            assertThat(setting(database, "fsync")).isEqualTo("on");
            assertThat(setting(database, "synchronous_commit")).isEqualTo("on");
            assertThat(setting(database, "listen_addresses")).isEqualTo("127.0.0.1");
            execute(database, "CREATE TABLE kept AS SELECT 42 AS answer");
        }

        try (var database = start()) {
            assertThat(query(database, "SELECT answer FROM kept")).isEqualTo("42");
        }
    }

    @Test
    void one_that_is_not_durable_is_refused_and_left_stopped() throws Exception {
        var database = start();
        execute(database, "ALTER DATABASE postgres SET synchronous_commit = off");

        assertThatThrownBy(() -> EmbeddedDatabase.durable(database))
                .isInstanceOf(CannotRun.class)
                .hasMessageContaining("synchronous_commit=off");
        assertThat(Postmaster.over(folder.resolve("postgres"))).isEmpty();
    }

    @Test
    void a_postmaster_that_outlived_its_process_is_found_and_stopped_even_with_a_client() throws Exception {
        try (var database = start();
                var _ = database.target().connect()) {
            var left = Postmaster.over(folder.resolve("postgres"));
            assertThat(left).isPresent();

            left.get().stop();

            assertThat(left.get().process().isAlive()).isFalse();
            assertThat(Postmaster.over(folder.resolve("postgres"))).isEmpty();
        }
    }

    @Test
    void its_death_is_noticed_and_its_close_is_none() throws Exception {
        var deaths = new AtomicInteger();
        try (var closed = start()) {
            closed.onDeath(deaths::incrementAndGet);
        }
        try (var killed = start()) {
            killed.onDeath(deaths::incrementAndGet);
            Postmaster.over(folder.resolve("postgres")).orElseThrow().process().destroyForcibly();

            await().until(() -> deaths.get() > 0);
        }
        assertThat(deaths).hasValue(1);
    }

    @Test
    void a_process_that_has_the_postmasters_number_by_chance_is_left_alone() throws Exception {
        var postgres = Files.createDirectories(folder.resolve("postgres"));
        Files.writeString(
                postgres.resolve("postmaster.pid"), ProcessHandle.current().pid() + "\n" + postgres + "\n");

        assertThat(Postmaster.over(postgres)).isEmpty();
    }

    private EmbeddedDatabase start() {
        return EmbeddedDatabase.start(folder.resolve("postgres"), programs, LoopbackPorts.anyFree());
    }

    private static String setting(EmbeddedDatabase database, String name) throws SQLException {
        return query(database, "SHOW " + name);
    }

    private static String query(EmbeddedDatabase database, String sql) throws SQLException {
        try (var connection = database.target().connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void execute(EmbeddedDatabase database, String sql) throws SQLException {
        try (var connection = database.target().connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
