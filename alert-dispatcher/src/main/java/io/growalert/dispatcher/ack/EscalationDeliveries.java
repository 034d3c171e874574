package io.growalert.dispatcher.ack;

import io.growalert.events.Ids;
import io.growalert.runtime.database.Columns;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The deliveries of escalations and repeats: each of an incident's latest event. */
final class EscalationDeliveries {
    private final JdbcClient jdbc;

    EscalationDeliveries(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The latest event of an incident. */
    record Latest(String incident, String event, String body) {}

    private static final String LATEST = """
            select i.id, e.id as event_id, e.body
            from dispatcher.incidents i
                 cross join lateral (select id, body from dispatcher.alert_events
                                     where alert_id = i.alert_id and incident_id = i.id
                                     order by sequence desc limit 1) e
            where i.id = any(:incidents) and i.resolved_at is null
            """;

    /** The latest event of each of these incidents that is open. */
    Map<String, Latest> latest(Collection<String> incidents) {
        var latest = new HashMap<String, Latest>();
        jdbc.sql(LATEST).param("incidents", incidents.toArray(String[]::new)).query(row -> {
            latest.put(
                    row.getString("id"),
                    new Latest(row.getString("id"), row.getString("event_id"), row.getString("body")));
        });
        return latest;
    }

    /** A delivery to add. */
    private record Row(String id, String event, String receiver, String route, int step, int repetition) {}

    // a receiver whose notification of the incident is still queued is not notified again
    private static final String ADD = """
            insert into dispatcher.deliveries
                   (id, event_id, sequence, alert_id, incident_id, monitor_id, receiver, state, escalation_route,
                    escalation_step, repetition)
            select f.id, e.id, e.sequence, e.alert_id, e.incident_id, e.monitor_id, f.receiver, 'pending', f.route, f.step,
                   f.repetition
            from unnest(:ids::text[], :events::text[], :receivers::text[], :routes::text[], :steps::int[], :repetitions::int[])
                 as f (id, event, receiver, route, step, repetition)
                 join dispatcher.alert_events e on e.id = f.event
            where not exists (select from dispatcher.deliveries d
                              where d.alert_id = e.alert_id and d.receiver = f.receiver and d.incident_id = e.incident_id
                                and (d.state in ('pending', 'held')
                                     or d.escalation_step = f.step and d.repetition = f.repetition))
            on conflict (id) do nothing
            returning incident_id, receiver, escalation_step
            """;

    /** A delivery that was added. */
    record Added(String incident, String receiver, int step) {}

    /** Adds the deliveries of these steps, one for each incident and receiver. */
    List<Added> add(List<EscalationStep> notifying, Map<String, Latest> latest) {
        record Share(String incident, String receiver) {}
        var added = new LinkedHashMap<Share, Row>();
        for (var step : notifying) {
            var event = Objects.requireNonNull(latest.get(step.incident())).event();
            int repetition = step.number() == EscalationStep.REPEAT ? step.notified() + 1 : step.notified();
            for (var receiver : step.receivers()) {
                var id = Ids.delivery(event, receiver, step.number(), repetition);
                added.merge(
                        new Share(step.incident(), receiver),
                        new Row(id, event, receiver, step.route(), step.number(), repetition),
                        (one, other) -> one.step() >= other.step() ? one : other);
            }
        }
        if (added.isEmpty()) {
            return List.of();
        }
        var rows = added.values();
        return jdbc.sql(ADD)
                .param("ids", Columns.texts(rows, Row::id))
                .param("events", Columns.texts(rows, Row::event))
                .param("receivers", Columns.texts(rows, Row::receiver))
                .param("routes", Columns.texts(rows, Row::route))
                .param("steps", Columns.numbers(rows, Row::step))
                .param("repetitions", Columns.numbers(rows, Row::repetition))
                .query((row, n) -> new Added(
                        row.getString("incident_id"), row.getString("receiver"), row.getInt("escalation_step")))
                .list();
    }
}
