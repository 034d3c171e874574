package io.growalert.standalone;

import io.growalert.testkit.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipInputStream;
import org.flywaydb.core.Flyway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A site of the previous version in src/test/resources/site, as {@code benchmarks/run RecordSite} recorded it. */
record RecordedSite(Path folder) {
    private static final Path RECORDED = Path.of("src/test/resources/site");
    private static final Map<String, String> SERVICES =
            Map.of("dispatcher", "alert-dispatcher", "billing", "billing-service", "history", "history-service");

    Path definitions() {
        return RECORDED.resolve("definitions.yaml");
    }

    /** The broker's folder and the sandbox's journal become those of a data folder. */
    static RecordedSite in(Path data) throws IOException {
        var kafka = Files.createDirectories(data.resolve("kafka"));
        try (var zip = new ZipInputStream(Files.newInputStream(RECORDED.resolve("kafka.zip")))) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                var file = kafka.resolve(entry.getName());
                Files.createDirectories(Objects.requireNonNull(file.getParent()));
                Files.copy(zip, file);
            }
        }
        var billing = Files.createDirectories(data.resolve("services").resolve("billing-service"));
        Files.copy(RECORDED.resolve("sandbox.journal"), billing.resolve("sandbox.journal"));
        return new RecordedSite(data);
    }

    /** The tables are those of the recorded version, its migrations included. */
    static void restore(TestPostgres database) throws IOException, SQLException {
        try (var connection = database.pool().getConnection();
                var lines = Files.lines(RECORDED.resolve("database.jsonl"))) {
            execute(connection, "set session_replication_role = replica");
            var table = "";
            var insert = "";
            for (var line : lines.map(JsonMapper.shared()::readTree).toList()) {
                if (line.has("schema")) {
                    migrate(database, connection, line);
                } else if (line.has("create")) {
                    execute(connection, line.path("create").asString());
                } else if (line.has("sequence")) {
                    execute(
                            connection,
                            "select setval('%s', %s)"
                                    .formatted(line.path("sequence").asString(), line.path("value")));
                } else {
                    if (!table.equals(line.path("table").asString())) {
                        table = line.path("table").asString();
                        insert = insertInto(connection, table);
                    }
                    insert(connection, insert, line.path("row"));
                }
            }
            execute(connection, "set session_replication_role = origin");
        }
    }

    private static void migrate(TestPostgres database, Connection connection, JsonNode line) throws SQLException {
        var schema = line.path("schema").asString();
        Flyway.configure()
                .dataSource(database.pool())
                .schemas(schema)
                .locations("classpath:db/" + SERVICES.get(schema))
                .target(line.path("version").asString())
                .load()
                .migrate();
        execute(connection, """
                do $$ declare t text; begin
                  for t in select format('%%I.%%I', schemaname, tablename) from pg_tables where schemaname = '%s' loop
                    execute 'truncate ' || t || ' cascade';
                  end loop;
                end $$
                """.formatted(schema));
    }

    /** Columns that are computed have no value. */
    private static String insertInto(Connection connection, String table) throws SQLException {
        var columns = text(connection, """
                select string_agg(quote_ident(attname), ', ') from pg_attribute
                where attrelid = '%s'::regclass and attnum > 0 and not attisdropped and attgenerated = ''
                """.formatted(table));
        return """
                insert into %1$s (%2$s) overriding system value
                select %2$s from jsonb_populate_record(null::%1$s, ?::jsonb)
                """.formatted(table, columns);
    }

    private static void insert(Connection connection, String sql, JsonNode row) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, row.toString());
            statement.execute();
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
