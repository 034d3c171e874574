package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.events.NotificationEvent;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The receivers that the running instances know. Each instance publishes its own with a heartbeat, by the database's clock, so
 * that an instance with an older file does not park what another one delivers.
 */
final class KnownReceivers {
    static final String UNKNOWN_RECEIVER = "no receiver of this name is defined";

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final NotificationLog log;
    private final String instance;
    private final Supplier<Set<String>> failing;

    /** @param instance the id of this instance, which survives restarts */
    KnownReceivers(JdbcClient jdbc, TransactionOperations transaction, String instance) {
        this(jdbc, transaction, instance, Set::of);
    }

    /** @param failing the receivers that fail at this instance */
    KnownReceivers(JdbcClient jdbc, TransactionOperations transaction, String instance, Supplier<Set<String>> failing) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.log = new NotificationLog(jdbc);
        this.instance = instance;
        this.failing = failing;
    }

    private static final String PUBLISH = """
            insert into dispatcher.instances (id, receivers, failing, live_until)
            values (:id, :receivers, :failing, clock_timestamp() + :lifetime * interval '1 millisecond')
            on conflict (id) do update
            set receivers = excluded.receivers, failing = excluded.failing, live_until = excluded.live_until
            """;

    private static final String DELETE_DEAD = """
            delete from dispatcher.instances where live_until < clock_timestamp() - interval '1 day'
            """;

    /** Publishes the receivers that this instance knows; they count as known for the lifetime given. */
    void publish(Collection<String> receivers, Duration lifetime) {
        jdbc.sql(PUBLISH)
                .param("id", instance)
                .param("receivers", receivers.toArray(String[]::new))
                .param("failing", failing.get().toArray(String[]::new))
                .param("lifetime", lifetime.toMillis())
                .update();
        jdbc.sql(DELETE_DEAD).update();
    }

    private static final String FAILING = """
            select distinct unnest(failing) from dispatcher.instances where live_until > clock_timestamp()
            """;

    /** The receivers that fail at a live instance. */
    Set<String> failing() {
        return new HashSet<>(jdbc.sql(FAILING).query(String.class).list());
    }

    private static final String UNKNOWN = """
            select distinct d.receiver from dispatcher.deliveries d
            where d.state = 'pending' and d.due_at <= now() and d.receiver <> all(:known)
              and not exists (select from dispatcher.instances i
                              where d.receiver = any(i.receivers) and i.live_until > clock_timestamp())
            """;

    /** Returns the receivers of due deliveries that are not among {@code known}, and that no live instance knows. */
    Set<String> unknown(Set<String> known) {
        return new HashSet<>(jdbc.sql(UNKNOWN)
                .param("known", known.toArray(String[]::new))
                .query(String.class)
                .list());
    }

    private static final String PARK = """
            update dispatcher.deliveries
            set state = 'parked', finished_at = clock_timestamp(), lease_owner = null, detail = :detail
            where state = 'pending' and due_at <= now() and receiver = any(:receivers)
            returning id, receiver
            """;

    private record Parked(String id, String receiver) {}

    /** Parks the due deliveries of these receivers, and returns the receiver of each. */
    List<String> park(Set<String> receivers) {
        return transaction.execute(status -> {
            var parked = jdbc.sql(PARK)
                    .param("detail", UNKNOWN_RECEIVER)
                    .param("receivers", receivers.toArray(String[]::new))
                    .query((row, n) -> new Parked(row.getString("id"), row.getString("receiver")))
                    .list();
            log.addDeliveries(
                    NotificationEvent.Type.DELIVERY_PARKED,
                    parked.stream().map(Parked::id).toList());
            return parked.stream().map(Parked::receiver).toList();
        });
    }
}
