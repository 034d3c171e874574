package io.growalert.dispatcher.notify;

import io.growalert.runtime.database.Columns;
import java.time.Instant;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The instant until which all live instances stored the alert events of their partitions, so that no instance escalates an incident
 * whose resolution another one has not read yet. Each publishes its own {@link StoredUntil}, which bounds the wait.
 */
final class SharedStoredUntil {
    private final JdbcClient jdbc;
    private final String instance;
    private final Supplier<Instant> own;

    /**
     * @param instance the id of this instance, as in {@link KnownReceivers}
     * @param own of this instance
     */
    SharedStoredUntil(JdbcClient jdbc, String instance, Supplier<Instant> own) {
        this.jdbc = jdbc;
        this.instance = instance;
        this.own = own;
    }

    private static final String EXCHANGE = """
            with published as (
                update dispatcher.instances set stored_until = :until where id = :id
            )
            select least(min(stored_until), :until) as earliest from dispatcher.instances
            where id <> :id and live_until > clock_timestamp()
            """;

    /** Publishes this instance's, and returns the earliest of the live instances. */
    Instant get() {
        return jdbc.sql(EXCHANGE)
                .param("id", instance)
                .param("until", Columns.time(own.get()))
                .query((row, _) -> Columns.instant(row, "earliest"))
                .single();
    }
}
