package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.events.NotificationEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Acknowledged parked deliveries. They are stored in the database, for all instances and across restarts. */
public final class ParkedAcknowledgements {
    private final JdbcClient jdbc;
    private final NotificationLog log;
    private final TransactionOperations transaction;

    public ParkedAcknowledgements(JdbcClient jdbc, TransactionOperations transaction) {
        this.jdbc = jdbc;
        this.log = new NotificationLog(jdbc);
        this.transaction = transaction;
    }

    private static final String UNACKNOWLEDGED = """
            from dispatcher.deliveries d
            where d.state = 'parked'
              and d.finished_at > coalesce((select max(a.until) from dispatcher.parked_acknowledged a
                                            where a.receiver in (d.receiver, '*')), '-infinity')
            """;

    private static final String COUNT =
            "select d.receiver, count(*) as deliveries " + UNACKNOWLEDGED + " group by d.receiver order by d.receiver";

    /** How many parked deliveries each receiver has since the last acknowledgement or redrive. */
    Map<String, Long> unacknowledged() {
        var counts = new LinkedHashMap<String, Long>();
        jdbc.sql(COUNT).query(row -> {
            counts.put(row.getString("receiver"), row.getLong("deliveries"));
        });
        return counts;
    }

    private static final String ACKNOWLEDGE = """
            insert into dispatcher.parked_acknowledged (receiver, until)
            select :receiver, max(finished_at) from dispatcher.deliveries
            where state = 'parked' and :receiver in (receiver, '*')
            having max(finished_at) is not null
            on conflict (receiver) do update set until = greatest(parked_acknowledged.until, excluded.until)
            """;

    /** Acknowledges all deliveries that are parked now, and returns how many were not acknowledged before. */
    public long acknowledge() {
        return transaction.execute(status -> {
            var deliveries = jdbc.sql("select d.id " + UNACKNOWLEDGED)
                    .query(String.class)
                    .list();
            acknowledge("*");
            log.addDeliveries(NotificationEvent.Type.DELIVERY_ACKNOWLEDGED, deliveries);
            return (long) deliveries.size();
        });
    }

    /** Acknowledges the parked deliveries of one receiver. */
    void acknowledge(String receiver) {
        jdbc.sql(ACKNOWLEDGE).param("receiver", receiver).update();
    }
}
