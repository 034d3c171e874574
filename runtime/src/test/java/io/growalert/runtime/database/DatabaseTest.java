package io.growalert.runtime.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.runtime.PlainReason;
import io.growalert.testkit.TestPostgres;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class DatabaseTest {
    private static final Database.Options OPTIONS =
            new Database.Options("test", "test", "jdbc:postgresql://127.0.0.1:1/test", "test", "", 1);

    @Test
    void a_statement_of_a_migration_has_no_limit_and_others_have_one() {
        try (var pool = Database.pool(OPTIONS, "pool", 1);
                var migrations = Database.migrations(OPTIONS)) {
            assertThat(pool.getDataSourceProperties()).containsEntry("socketTimeout", "60");
            assertThat(migrations.getDataSourceProperties()).doesNotContainKey("socketTimeout");
            assertThat(migrations.getDataSourceProperties()).containsEntry("logServerErrorDetail", "false");
        }
    }

    @Test
    void the_server_soon_ends_the_sessions_of_a_machine_that_is_gone_and_transactions_of_a_process_that_hangs() {
        try (var server = new TestPostgres()) {
            var options = new Database.Options("test", "test", server.url(), "postgres", "", 1);
            try (var pool = Database.pool(options, "pool", 1);
                    var migrations = Database.migrations(options)) {
                assertThat(limits(pool)).isEqualTo("10 5 3 25000 1min");
                assertThat(limits(migrations)).as("Flyway's lock is idle").isEqualTo("10 5 3 25000 0");
            }
        }
    }

    @Test
    void a_schema_of_a_newer_version_is_refused_and_stays_unchanged() {
        try (var server = new TestPostgres()) {
            var options = new Database.Options("migrated", "migrated", server.url(), "postgres", "", 1);
            migrate(options);
            server.jdbc().sql("""
                            insert into migrated.flyway_schema_history
                                   (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                            values (2, '3', 'from the future', 'SQL', 'V3__from_the_future.sql', 1, 'postgres', 1, true)
                            """).update();
            var before = history(server);

            assertThatThrownBy(() -> migrate(options))
                    .isInstanceOf(NewerSchema.class)
                    .isInstanceOf(PlainReason.class)
                    .hasMessage(
                            "the database schema migrated has version 3 (from the future), and this version of GrowAlert supports up to 1:"
                                    + " start the version that migrated it or a newer one, or restore the backup from before the upgrade");
            assertThatThrownBy(() -> Database.requireSupported(options)).isInstanceOf(NewerSchema.class);
            assertThat(history(server)).isEqualTo(before);
        }
    }

    @Test
    void a_check_creates_nothing_in_an_empty_database() {
        try (var server = new TestPostgres()) {
            Database.requireSupported(new Database.Options("migrated", "migrated", server.url(), "postgres", "", 1));

            assertThat(server.jdbc()
                            .sql("select count(*) from information_schema.schemata where schema_name = 'migrated'")
                            .query(Long.class)
                            .single())
                    .isZero();
        }
    }

    private static void migrate(Database.Options options) {
        try (var pool = Database.pool(options, "pool", 1)) {
            new Database().jdbc(pool, options);
        }
    }

    private static List<Map<String, Object>> history(TestPostgres server) {
        return server.jdbc()
                .sql("select * from migrated.flyway_schema_history order by installed_rank")
                .query()
                .listOfRows();
    }

    /** As they are in effect at the server. */
    private static String limits(DataSource pool) {
        return JdbcClient.create(pool).sql("""
                        select concat_ws(' ', current_setting('tcp_keepalives_idle'), current_setting('tcp_keepalives_interval'),
                                         current_setting('tcp_keepalives_count'), current_setting('tcp_user_timeout'),
                                         current_setting('idle_in_transaction_session_timeout'))
                        """).query(String.class).single();
    }
}
