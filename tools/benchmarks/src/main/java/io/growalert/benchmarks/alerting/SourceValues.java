package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.PostgresProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** Values for monitors to query, in a separate PostgreSQL, which GrowAlert's faults do not affect. */
final class SourceValues implements AutoCloseable {
    private final PostgresProcess postgres;
    private final Connection connection;

    private SourceValues(PostgresProcess postgres, Connection connection) {
        this.postgres = postgres;
        this.connection = connection;
    }

    static SourceValues start(Path folder) throws IOException, SQLException {
        var postgres = PostgresProcess.start(folder, PortRange.free(0));
        var values = new SourceValues(postgres, postgres.connect("postgres"));
        values.execute("CREATE TABLE bench (name text PRIMARY KEY, value float8 NOT NULL)");
        return values;
    }

    /** The source {@code farm} that has them, as part of a definition file. */
    String source() {
        return """
                sources:
                  farm: {postgres: {url: "%s", username: postgres}}
                """.formatted(url());
    }

    /** JDBC's, without the user. */
    String url() {
        return "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(postgres.port());
    }

    /** A query for one of them. */
    static String query(String name) {
        return "SELECT 'd' AS device, value FROM bench WHERE name = '%s'".formatted(name);
    }

    void set(String name, double value) throws SQLException {
        execute("INSERT INTO bench VALUES ('%s', %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
                .formatted(name, value));
    }

    private void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws IOException, SQLException {
        connection.close();
        postgres.close();
    }
}
