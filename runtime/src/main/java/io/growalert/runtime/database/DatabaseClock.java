package io.growalert.runtime.database;

import java.time.Instant;
import java.time.InstantSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The database's clock, which all instances of a service share: what one of them schedules is due for the others, and stays due
 * when the clock of that one was wrong. Each reading is a query, and fails as one.
 */
public final class DatabaseClock implements InstantSource {
    private final JdbcClient jdbc;

    public DatabaseClock(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Instant instant() {
        return jdbc.sql("select clock_timestamp() as now")
                .query((row, _) -> Columns.instant(row, "now"))
                .single();
    }
}
