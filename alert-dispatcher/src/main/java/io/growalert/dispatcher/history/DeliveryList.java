package io.growalert.dispatcher.history;

import io.growalert.dispatcher.history.IncidentHistory.Delivery;
import io.growalert.evaluation.match.Matcher;
import io.growalert.runtime.database.Cursor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Deliveries page by page, the latest event first. */
public final class DeliveryList {
    private final JdbcClient jdbc;

    public DeliveryList(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Which deliveries to list.
     *
     * @param state null: all
     * @param receiver null: all
     * @param monitor the monitor of one of its incidents; null: all
     * @param matchers all must match the labels of one of its incidents, with the latest status
     * @param period in which they were created
     */
    public record Filter(
            @Nullable String state,
            @Nullable String receiver,
            @Nullable String monitor,
            List<Matcher> matchers,
            Period period) {}

    /** Each may have thousands of incidents. */
    private static final int DELIVERIES_PER_READ = 20;

    private record Row(Delivery delivery, long sequence, boolean matches) {}

    private static final String SELECT = """
            select id, event_id, alert_id, incident_id, monitor_id, group_message_id, receiver, state, attempts, created_at,
                   case when state = 'pending' then due_at end as due_at, finished_at, detail, sequence
            from dispatcher.deliveries
            """;

    private static final String OF_MONITOR = """
            exists (select from dispatcher.delivery_incidents notified
                         join dispatcher.incidents i on i.id = notified.incident_id
                    where notified.delivery_id = deliveries.id and i.monitor_id = :monitor)
            """;

    /**
     * A page of them.
     *
     * @param offset how many rows to skip before the first page
     * @throws Cursor.InvalidCursor when the cursor is of another list
     */
    public ListPage<Delivery> read(Filter filter, @Nullable Cursor start, int offset, int limit) {
        return ListPage.read(
                        (after, rows) -> rows(filter, after, after == null ? offset : 0, rows),
                        row -> Cursor.of(
                                row.sequence(),
                                row.delivery().receiver(),
                                row.delivery().id()),
                        filter.matchers().isEmpty() ? null : Row::matches,
                        start,
                        limit)
                .map(Row::delivery);
    }

    private List<Row> rows(Filter filter, @Nullable Cursor after, int offset, int limit) {
        var conditions = new Conditions()
                .with("state = :state", "state", filter.state())
                .with("receiver = :receiver", "receiver", filter.receiver())
                .with(OF_MONITOR, "monitor", filter.monitor())
                .with("created_at >= :from", "from", filter.period().start())
                .with("created_at < :to", "to", filter.period().end());
        if (after != null) {
            conditions
                    .with(
                            "sequence <= :sequence",
                            "sequence",
                            after.requireSize(3).number(0))
                    .with("(sequence < :sequence or (receiver, id) > (:afterReceiver, :id))", "id", after.value(2))
                    .parameter("afterReceiver", after.value(1));
        }
        var rows = jdbc.sql(SELECT + conditions.where()
                        + " order by sequence desc, receiver, id limit :limit offset :offset")
                .params(conditions.parameters())
                .param("limit", limit)
                .param("offset", offset)
                .query((row, n) -> new Row(IncidentHistory.delivery(row, n), row.getLong("sequence"), false))
                .list();
        return filter.matchers().isEmpty() ? rows : matched(rows, filter.matchers());
    }

    private static final String LABELS = """
            select notified.delivery_id, i.series, i.labels, i.monitor_id, i.status
            from dispatcher.delivery_incidents notified join dispatcher.incidents i on i.id = notified.incident_id
            where notified.delivery_id = any(:ids)
            """;

    private List<Row> matched(List<Row> rows, List<Matcher> matchers) {
        var matching = new HashSet<String>();
        for (int start = 0; start < rows.size(); start += DELIVERIES_PER_READ) {
            var some = rows.subList(start, Math.min(start + DELIVERIES_PER_READ, rows.size()));
            jdbc.sql(LABELS)
                    .param("ids", some.stream().map(row -> row.delivery().id()).toArray(String[]::new))
                    .query(row -> {
                        var delivery = row.getString("delivery_id");
                        if (!matching.contains(delivery) && matches(matchers, row)) {
                            matching.add(delivery);
                        }
                    });
        }
        return rows.stream()
                .map(row -> new Row(
                        row.delivery(),
                        row.sequence(),
                        matching.contains(row.delivery().id())))
                .toList();
    }

    private static boolean matches(List<Matcher> matchers, ResultSet incident) throws SQLException {
        var labels = IncidentLabels.of(
                incident.getString("labels"),
                incident.getString("series"),
                incident.getString("monitor_id"),
                incident.getString("status"));
        return matchers.stream().allMatch(matcher -> matcher.test(labels));
    }
}
