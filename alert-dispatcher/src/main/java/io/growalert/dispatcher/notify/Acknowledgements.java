package io.growalert.dispatcher.notify;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Acknowledged parked deliveries. They are stored in the database, for all instances and across restarts. */
public final class Acknowledgements {
    private final JdbcClient jdbc;
    private final TransactionOperations transaction;

    public Acknowledgements(JdbcClient jdbc, TransactionOperations transaction) {
        this.jdbc = jdbc;
        this.transaction = transaction;
    }

    private static final String UNACKNOWLEDGED = """
            select d.receiver, count(*) as deliveries from dispatcher.deliveries d
            where d.state = 'parked'
              and d.finished_at > coalesce((select max(a.until) from dispatcher.parked_acknowledged a
                                            where a.receiver in (d.receiver, '*')), '-infinity')
            group by d.receiver
            order by d.receiver
            """;

    /** How many parked deliveries each receiver has since the last acknowledgement or redrive. */
    Map<String, Long> unacknowledged() {
        var counts = new LinkedHashMap<String, Long>();
        jdbc.sql(UNACKNOWLEDGED).query(row -> {
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
            long before = unacknowledged().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            acknowledge("*");
            return before;
        });
    }

    /** Acknowledges the parked deliveries of one receiver. */
    void acknowledge(String receiver) {
        jdbc.sql(ACKNOWLEDGE).param("receiver", receiver).update();
    }
}
