package io.growalert.runtime.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.testkit.TestPostgres;
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

    /** As they are in effect at the server. */
    private static String limits(DataSource pool) {
        return JdbcClient.create(pool).sql("""
                        select concat_ws(' ', current_setting('tcp_keepalives_idle'), current_setting('tcp_keepalives_interval'),
                                         current_setting('tcp_keepalives_count'), current_setting('tcp_user_timeout'),
                                         current_setting('idle_in_transaction_session_timeout'))
                        """).query(String.class).single();
    }
}
