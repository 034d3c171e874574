package io.growalert.dispatcher.history;

import io.growalert.runtime.database.Columns;
import io.growalert.runtime.database.Cursor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The attempts of deliveries, the latest first. */
public final class AttemptList {
    private final JdbcClient jdbc;

    public AttemptList(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * An attempt whose outcome was recorded.
     *
     * @param attempt from 1 on; one that was interrupted is missing
     * @param outcome one of delivered, retry, refused, rejected
     * @param status of HTTP or SMTP; null without a response
     * @param answer the beginning of the response; null when there is none
     * @param reason why it failed; null when it delivered, or when the version that stored it did not know the reason
     */
    public record Entry(
            int attempt,
            Instant startedAt,
            long durationMs,
            String outcome,
            @Nullable Integer status,
            @Nullable String answer,
            @Nullable String reason) {}

    private static final String SELECT = """
            select delivery_id, attempt, started_at, duration_ms, outcome, status, answer, reason from dispatcher.attempts
            """;

    /**
     * A page of a delivery's attempts; empty when there is no such delivery.
     *
     * @throws Cursor.InvalidCursor when the cursor is of another list
     */
    public Optional<ListPage<Entry>> of(String delivery, @Nullable Cursor start, int limit) {
        boolean exists = jdbc.sql("select exists (select from dispatcher.deliveries where id = :id)")
                .param("id", delivery)
                .query(Boolean.class)
                .single();
        return exists
                ? Optional.of(ListPage.read(
                        (after, rows) -> read(delivery, after, rows),
                        entry -> Cursor.of(entry.attempt()),
                        null,
                        start,
                        limit))
                : Optional.empty();
    }

    private List<Entry> read(String delivery, @Nullable Cursor after, int limit) {
        var conditions = new Conditions().with("delivery_id = :delivery", "delivery", delivery);
        if (after != null) {
            conditions.with(
                    "attempt < :attempt", "attempt", after.requireSize(1).number(0));
        }
        return jdbc.sql(SELECT + conditions.where() + " order by attempt desc limit :limit")
                .params(conditions.parameters())
                .param("limit", limit)
                .query(AttemptList::entry)
                .list();
    }

    private static final String LATEST = """
            select delivery_id, attempt, started_at, duration_ms, outcome, status, answer, reason
            from unnest(:ids::text[]) as wanted (id)
                 cross join lateral (select * from dispatcher.attempts
                                     where delivery_id = wanted.id order by attempt desc limit :limit) latest
            """;

    private record OfDelivery(String delivery, Entry entry) {}

    /** The latest attempts of each of these deliveries. */
    Map<String, List<Entry>> latest(Collection<String> deliveries, int limit) {
        var found = new HashMap<String, List<Entry>>();
        jdbc.sql(LATEST)
                .param("ids", deliveries.toArray(String[]::new))
                .param("limit", limit)
                .query((row, n) -> new OfDelivery(row.getString("delivery_id"), entry(row, n)))
                .list()
                .forEach(row -> found.computeIfAbsent(row.delivery(), _ -> new ArrayList<>())
                        .add(row.entry()));
        return found;
    }

    private static Entry entry(ResultSet row, int number) throws SQLException {
        return new Entry(
                row.getInt("attempt"),
                Columns.instant(row, "started_at"),
                row.getLong("duration_ms"),
                row.getString("outcome"),
                row.getObject("status", Integer.class),
                row.getString("answer"),
                row.getString("reason"));
    }
}
