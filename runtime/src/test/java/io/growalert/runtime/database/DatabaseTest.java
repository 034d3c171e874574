package io.growalert.runtime.database;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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
}
