package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabaseTest {
    @TempDir
    static Path programs;

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        Postmaster.over(folder.resolve("postgres")).ifPresent(Postmaster::stop);
    }

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
    void one_that_accepts_no_connection_is_one_line_and_left_stopped() throws Exception {
        start().close();
        var postgres = folder.resolve("postgres");
        Files.writeString(postgres.resolve("pg_hba.conf"), "host all all all reject\n");

        assertThatThrownBy(() ->
                        EmbeddedDatabase.start(postgres, programs, LoopbackPorts.anyFree(), Duration.ofSeconds(3)))
                .isInstanceOf(CannotRun.class)
                .hasMessageContainingAll("PostgreSQL does not start over " + postgres, "log");
        assertThat(Postmaster.over(postgres)).isEmpty();
    }

    @Test
    void a_process_that_has_the_postmasters_number_by_chance_is_left_alone() throws Exception {
        var postgres = Files.createDirectories(folder.resolve("postgres"));
        Files.writeString(
                postgres.resolve("postmaster.pid"), ProcessHandle.current().pid() + "\n" + postgres + "\n");

        assertThat(Postmaster.over(postgres)).isEmpty();
    }

    @Test
    void a_disk_without_space_for_a_first_start_is_one_line() {
        EmbeddedDatabase.requireSpace(folder, 150L << 20);

        assertThatThrownBy(() -> EmbeddedDatabase.requireSpace(folder, (150L << 20) - 1))
                .isInstanceOf(CannotRun.class)
                .hasMessage(
                        ("the disk of the data folder %s has 149 MB free, and a first start needs 150: free some, or name another"
                                        + " with --data")
                                .formatted(folder));
    }

    @Test
    void another_users_folder_is_one_line() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can give a folder away");
        var own = Files.createDirectory(folder.resolve("own"));
        var given = Files.createDirectory(folder.resolve("given"));
        EmbeddedDatabase.requireOwn(given, own);
        Files.setAttribute(given, "unix:uid", 65534);

        assertThatThrownBy(() -> EmbeddedDatabase.requireOwn(given, own))
                .isInstanceOf(CannotRun.class)
                .hasMessageMatching(
                        "\\Q%s\\E belongs to user (\\w+), and PostgreSQL cannot use it when root starts it: start as \\1, or name another folder with --data"
                                .formatted(given));
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
