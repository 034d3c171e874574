package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.billing.BillingService;
import io.growalert.dispatcher.AlertDispatcher;
import io.growalert.history.HistoryService;
import io.growalert.runtime.StartFailure;
import io.growalert.sandbox.StripeSandbox;
import io.growalert.testkit.TestKafka;
import io.growalert.testkit.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** This version on what a newer one left. */
class DowngradeTest {
    private static final int POSTGRES = 18;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"alert-dispatcher, dispatcher", "billing-service, billing", "history-service, history"})
    void each_service_refuses_a_schema_that_a_newer_version_migrated(String service, String schema) throws Exception {
        try (var database = new TestPostgres()) {
            migrateFurther(database.url(), service, schema);
            var before = tables(database);

            assertThatThrownBy(() -> start(service, schema, database.url()).close())
                    .isInstanceOf(StartFailure.class)
                    .message()
                    .hasLineCount(1)
                    .startsWith("the database schema %s has version 9999 (from the future)".formatted(schema))
                    .contains("supports up to ", "restore the backup from before the upgrade");
            assertThat(tables(database)).isEqualTo(before);
        }
    }

    @Test
    void the_standalone_refuses_it_in_an_existing_database_before_anything_starts() throws Exception {
        try (var database = new TestPostgres()) {
            var url = database.url();
            migrateFurther(url, "billing-service", "billing");
            var data = folder.resolve("data");

            try (var growalert = up(data, "--kafka", TestKafka.bootstrapServers(), "--postgres", url)) {
                assertThat(growalert.awaitEnd()).isEqualTo(1);
                assertThat(growalert.output())
                        .hasLineCount(1)
                        .startsWith("growalert: the database schema billing has version 9999");
            }
            assertThat(tables(database)).noneMatch(table -> table.startsWith("dispatcher."));
            assertThat(data.resolve("operator-token")).doesNotExist();
        }
    }

    @Test
    void the_standalone_refuses_it_in_its_own_database_before_a_service_starts() throws Exception {
        var data = folder.resolve("data");
        try (var database =
                EmbeddedDatabase.start(data.resolve("postgres"), folder.resolve("programs"), LoopbackPorts.anyFree())) {
            var url = database.target().url() + "?user=postgres";
            migrateFurther(url, "history-service", "history");
            try (var connection = DriverManager.getConnection(url);
                    var row = connection
                            .createStatement()
                            .executeQuery("select current_setting('server_version_num')::int / 10000")) {
                row.next();
                assertThat(row.getInt(1))
                        .as("raise FolderFormat.CURRENT, and change this")
                        .isEqualTo(POSTGRES);
            }
        }
        var format = Files.writeString(data.resolve(FolderFormat.FILE), "1 written by growalert 99.0.0\n");

        try (var growalert = up(data)) {
            assertThat(growalert.awaitEnd()).isEqualTo(1);
            assertThat(growalert.output())
                    .hasLineCount(1)
                    .startsWith("growalert: the database schema history has version 9999");
        }
        assertThat(format).hasContent("1 written by growalert 99.0.0");
        try (var files = Files.list(data.resolve("kafka"))) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .noneMatch(name -> name.startsWith("growalert."));
        }
    }

    private ForkedGrowAlert up(Path data, String... more) throws Exception {
        var arguments = new ArrayList<>(List.of(more));
        arguments.addAll(List.of("--config", definitions().toString()));
        return ForkedGrowAlert.up(
                data, folder.resolve("tmp"), Map.of(), ForkedGrowAlert.freeHttp(), arguments.toArray(String[]::new));
    }

    private Path definitions() throws IOException {
        return Files.writeString(folder.resolve("definitions.yaml"), "receivers: {console: {log: {}}}\n");
    }

    private AutoCloseable start(String service, String schema, String url) throws IOException {
        var settings = new HashMap<String, Object>();
        var prefix = "growalert." + schema;
        settings.put("server.port", 0);
        settings.put(prefix + ".kafka", "127.0.0.1:1");
        settings.put(prefix + ".database.url", url);
        settings.put(prefix + ".database.username", "postgres");
        return switch (service) {
            case "alert-dispatcher" -> {
                settings.put(prefix + ".files", List.of(definitions()));
                settings.put(prefix + ".data", folder.resolve(service));
                yield AlertDispatcher.start(settings);
            }
            case "billing-service" -> {
                settings.put(prefix + ".stripe.api-base", "http://127.0.0.1:1");
                settings.put(prefix + ".stripe.secret-key", StripeSandbox.SECRET_KEY);
                settings.put(prefix + ".stripe.publishable-key", StripeSandbox.PUBLISHABLE_KEY);
                settings.put(prefix + ".webhook.secrets", List.of("whsec_1"));
                settings.put(prefix + ".customer.session.keys", List.of("c".repeat(44)));
                settings.put(prefix + ".customer.prices", List.of("price_1"));
                settings.put(prefix + ".customer.device.amount", 4_900);
                settings.put(prefix + ".customer.device.currency", "eur");
                yield BillingService.start(settings);
            }
            default -> HistoryService.start(settings);
        };
    }

    /** As a newer version would, whose migrations this one does not have. */
    private static void migrateFurther(String url, String service, String schema) throws SQLException {
        Flyway.configure()
                .dataSource(url, "postgres", "")
                .schemas(schema)
                .locations("classpath:db/" + service)
                .load()
                .migrate();
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute("""
                    insert into %s.flyway_schema_history
                           (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                    values (9999, '9999', 'from the future', 'SQL', 'V9999__from_the_future.sql', 1, 'postgres', 1, true)
                    """.formatted(schema));
        }
    }

    /** All tables, each with its file, which a migration that rewrites it changes. */
    private static List<String> tables(TestPostgres database) {
        return database.jdbc().sql("""
                        select schemaname || '.' || relname || ' ' || pg_relation_filenode(relid) from pg_stat_user_tables order by 1
                        """).query(String.class).list();
    }
}
