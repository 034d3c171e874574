package io.growalert.monitor.source.postgres;

import io.growalert.events.CheckError;
import io.growalert.monitor.source.SourceException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/**
 * Checks whether the server is alive, on a dedicated connection: all connections of the pool may be busy with slow queries. A server
 * without a free connection is alive, too.
 */
final class PostgresProbe {
    private static final String TOO_MANY_CONNECTIONS = "53300";

    private final PostgresConfig config;

    PostgresProbe(PostgresConfig config) {
        this.config = config;
    }

    void run(Duration limit) throws SourceException, InterruptedException {
        var settings = new Properties();
        var seconds = Long.toString(Math.max(1, limit.toSeconds()));
        settings.setProperty("connectTimeout", seconds);
        settings.setProperty("loginTimeout", seconds);
        settings.setProperty("socketTimeout", seconds);
        settings.setProperty("ApplicationName", "growalert probe");
        if (config.username() != null) {
            settings.setProperty("user", config.username());
        }
        if (config.password() != null) {
            settings.setProperty("password", config.password().value());
        }
        try (var connection = DriverManager.getConnection(config.url(), settings);
                var statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        } catch (SQLException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (!TOO_MANY_CONNECTIONS.equals(e.getSQLState())) {
                throw new SourceException(CheckError.Kind.SOURCE, "the database is unreachable: " + e.getMessage(), e);
            }
        }
    }
}
