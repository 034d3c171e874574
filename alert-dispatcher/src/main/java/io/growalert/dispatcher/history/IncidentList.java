package io.growalert.dispatcher.history;

import io.growalert.dispatcher.history.IncidentHistory.Incident;
import io.growalert.evaluation.match.Matcher;
import io.growalert.runtime.database.Cursor;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Incidents page by page, the latest firing first. */
public final class IncidentList {
    private final JdbcClient jdbc;

    public IncidentList(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The lifecycle of an incident. */
    public enum State {
        OPEN("resolved_at is null"),
        RESOLVED("resolved_at is not null");

        private final String condition;

        State(String condition) {
            this.condition = condition;
        }
    }

    /**
     * Which incidents to list.
     *
     * @param state null: all
     * @param monitor the monitor's id; null: all
     * @param receiver one that has a delivery of it; null: all
     * @param matchers all must match the labels, with the latest status
     * @param period of the firing
     */
    public record Filter(
            @Nullable State state,
            @Nullable String monitor,
            @Nullable String receiver,
            List<Matcher> matchers,
            Period period) {}

    private static final String NOTIFIED = """
            exists (select from dispatcher.delivery_incidents notified
                         join dispatcher.deliveries d on d.id = notified.delivery_id
                    where notified.alert_id = incidents.alert_id and notified.incident_id = incidents.id
                      and d.receiver = :receiver)
            """;

    /**
     * A page of them.
     *
     * @throws Cursor.InvalidCursor when the cursor is of another list
     */
    public ListPage<Incident> read(Filter filter, @Nullable Cursor start, int limit) {
        return ListPage.read(
                (after, rows) -> rows(filter, after, rows),
                incident -> Cursor.of(incident.firingSince(), incident.incident()),
                filter.matchers().isEmpty() ? null : incident -> matches(filter.matchers(), incident),
                start,
                limit);
    }

    private List<Incident> rows(Filter filter, @Nullable Cursor after, int limit) {
        var conditions = new Conditions()
                .with("monitor_id = :monitor", "monitor", filter.monitor())
                .with(NOTIFIED, "receiver", filter.receiver())
                .with("fired_at >= :from", "from", filter.period().start())
                .with("fired_at < :to", "to", filter.period().end());
        if (filter.state() != null) {
            conditions.with(filter.state().condition);
        }
        if (after != null) {
            conditions
                    .with("fired_at <= :after", "after", after.requireSize(2).time(0))
                    .with("(fired_at < :after or id > :id)", "id", after.value(1));
        }
        return jdbc.sql(IncidentHistory.INCIDENT + conditions.where() + " order by fired_at desc, id limit :limit")
                .params(conditions.parameters())
                .param("limit", limit)
                .query(IncidentHistory::incident)
                .list();
    }

    private static boolean matches(List<Matcher> matchers, Incident incident) {
        var labels = IncidentLabels.of(incident.labels(), incident.series(), incident.monitor(), incident.status());
        return matchers.stream().allMatch(matcher -> matcher.test(labels));
    }
}
