package io.growalert.runtime.database;

import com.zaxxer.hikari.HikariDataSource;
import org.flywaydb.core.Flyway;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The PostgreSQL database of a service: a connection pool, the migrated schema, and transactions. A service imports this class
 * and has an {@link Options} bean.
 */
@Configuration(proxyBeanMethods = false)
public class Database {
    private static final int CONNECTION_TIMEOUT_MILLIS = 5_000;
    /** Flyway uses a second one for its lock. */
    private static final int MIGRATION_CONNECTIONS = 2;

    private static final String SOCKET_TIMEOUT_SECONDS = "60";

    /**
     * The server notices after 25 s that this machine is gone, whether or not it had sent something, and ends the session with its
     * locks. By default it takes 15 minutes to two hours.
     */
    private static final String KEEPALIVE = """
            select set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
                   set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '25s', false)
            """;

    /** Ends also the transaction of a process that hangs: within one nothing but the database is waited for. */
    private static final String SESSION =
            KEEPALIVE + ", set_config('idle_in_transaction_session_timeout', '60s', false)";

    /**
     * Which database.
     *
     * @param service the name of the pool, and of the folder with the migrations, {@code db/<service>}
     * @param schema the only schema that the service writes to; created when it is missing
     * @param connections the most that are open at once
     */
    public record Options(
            String service, String schema, String url, String username, String password, int connections) {
        @Override
        public String toString() {
            return "%s at %s".formatted(schema, url);
        }
    }

    @Bean
    HikariDataSource dataSource(Options options) {
        return pool(options, options.service(), options.connections());
    }

    /**
     * Another pool of the same database, which the caller must close.
     *
     * @param connections the most that are open at once
     */
    public static HikariDataSource pool(Options options, String name, int connections) {
        var pool = unlimited(options, name, connections);
        // a server that became unreachable would block a thread without a limit
        pool.addDataSourceProperty("socketTimeout", SOCKET_TIMEOUT_SECONDS);
        pool.setConnectionInitSql(SESSION);
        return pool;
    }

    /**
     * Without a limit for a statement: a migration may take long, and one that is cut off begins anew at the next start. Meanwhile the
     * transaction that has Flyway's lock is idle.
     */
    static HikariDataSource migrations(Options options) {
        return unlimited(options, options.service() + "-migrations", MIGRATION_CONNECTIONS);
    }

    private static HikariDataSource unlimited(Options options, String name, int connections) {
        var pool = new HikariDataSource();
        pool.setPoolName(name);
        pool.setJdbcUrl(options.url());
        pool.setUsername(options.username());
        pool.setPassword(options.password());
        pool.setMaximumPoolSize(connections);
        pool.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
        pool.addDataSourceProperty("tcpKeepAlive", "true");
        pool.setConnectionInitSql(KEEPALIVE);
        // the detail of an error quotes the row, and so personal data, in the log
        pool.addDataSourceProperty("logServerErrorDetail", "false");
        return pool;
    }

    /** The schema is migrated before anything uses it. */
    @Bean
    JdbcClient jdbc(HikariDataSource dataSource, Options options) {
        try (var migrations = migrations(options)) {
            var flyway = flyway(options, migrations);
            NewerSchema.refuse(options.schema(), flyway.info());
            flyway.migrate();
        }
        return JdbcClient.create(dataSource);
    }

    /**
     * Changes nothing.
     *
     * @throws NewerSchema when a newer version migrated the schema
     */
    public static void requireSupported(Options options) {
        try (var migrations = migrations(options)) {
            NewerSchema.refuse(options.schema(), flyway(options, migrations).info());
        }
    }

    private static Flyway flyway(Options options, HikariDataSource migrations) {
        return Flyway.configure()
                .dataSource(migrations)
                .schemas(options.schema())
                .locations("classpath:db/" + options.service())
                .load();
    }

    @Bean
    TransactionOperations transaction(HikariDataSource dataSource) {
        return new TransactionTemplate(new DataSourceTransactionManager(dataSource));
    }
}
