package io.growalert.dispatcher.notify;

import static io.growalert.runtime.database.Columns.texts;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Stores every alert event once, and the incidents that the events belong to. */
final class EventStore {
    private final JdbcClient jdbc;

    EventStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A stored event; its receivers are notified in the order of the sequence. */
    record Recorded(AlertEvent event, long sequence) {}

    private static final String ADD = """
            insert into dispatcher.alert_events (id, alert_id, incident_id, monitor_id, type, slot, body)
            select id, alert_id, incident_id, monitor_id, type, slot::timestamptz, body
            from unnest(:ids::text[], :alerts::text[], :incidents::text[], :monitors::text[], :types::text[],
                        :slots::text[], :bodies::text[])
                 with ordinality as e (id, alert_id, incident_id, monitor_id, type, slot, body, n)
            order by n
            on conflict (id) do nothing
            returning id, sequence
            """;

    /** Stores the events in their order, and returns those that were not stored before. */
    List<Recorded> add(List<Arrival> arrivals) {
        var byId = new HashMap<String, AlertEvent>();
        arrivals.forEach(arrival -> byId.putIfAbsent(arrival.event().id(), arrival.event()));
        var added = jdbc
                .sql(ADD)
                .param("ids", texts(arrivals, arrival -> arrival.event().id()))
                .param("alerts", texts(arrivals, arrival -> arrival.event().alert()))
                .param("incidents", texts(arrivals, arrival -> arrival.event().incident()))
                .param("monitors", texts(arrivals, arrival -> arrival.event().monitor()))
                .param(
                        "types",
                        texts(arrivals, arrival -> arrival.event().type().wire()))
                .param(
                        "slots",
                        texts(arrivals, arrival -> arrival.event().slot().toString()))
                .param("bodies", texts(arrivals, Arrival::body))
                .query((row, n) ->
                        new Recorded(Objects.requireNonNull(byId.get(row.getString("id"))), row.getLong("sequence")))
                .list()
                .stream()
                .sorted(Comparator.comparingLong(Recorded::sequence))
                .toList();
        if (!added.isEmpty()) {
            upsertIncidents(added.stream()
                    .map(Recorded::event)
                    .collect(Collectors.toMap(
                            AlertEvent::incident, Function.identity(), (earlier, later) -> later, LinkedHashMap::new))
                    .values());
        }
        return added;
    }

    private static final String UPSERT_INCIDENTS = """
            insert into dispatcher.incidents
                   (id, alert_id, monitor_id, series, labels, status, value, reason, summary, fired_at, resolved_at)
            select id, alert_id, monitor_id, series::jsonb, labels::jsonb, status, value::float8, reason, summary,
                   fired_at::timestamptz, resolved_at::timestamptz
            from unnest(:ids::text[], :alerts::text[], :monitors::text[], :series::text[], :labels::text[],
                        :statuses::text[], :values::text[], :reasons::text[], :summaries::text[],
                        :firedAt::text[], :resolvedAt::text[])
                 as i (id, alert_id, monitor_id, series, labels, status, value, reason, summary, fired_at, resolved_at)
            order by id
            on conflict (id) do update
            set status = excluded.status, value = excluded.value, reason = excluded.reason,
                summary = excluded.summary,
                resolved_at = coalesce(excluded.resolved_at, incidents.resolved_at)
            """;

    private void upsertIncidents(Collection<AlertEvent> latest) {
        jdbc.sql(UPSERT_INCIDENTS)
                .param("ids", texts(latest, AlertEvent::incident))
                .param("alerts", texts(latest, AlertEvent::alert))
                .param("monitors", texts(latest, AlertEvent::monitor))
                .param("series", texts(latest, event -> json(event.series())))
                .param("labels", texts(latest, event -> json(event.labels())))
                .param("statuses", texts(latest, event -> event.status().name()))
                .param("values", texts(latest, event -> text(event.value())))
                .param("reasons", texts(latest, AlertEvent::reason))
                .param("summaries", texts(latest, AlertEvent::summary))
                .param("firedAt", texts(latest, event -> event.firingSince().toString()))
                .param("resolvedAt", texts(latest, EventStore::resolvedAt))
                .update();
    }

    private static @Nullable String resolvedAt(AlertEvent event) {
        return event.type() == AlertEvent.Type.RESOLVED ? event.slot().toString() : null;
    }

    private static @Nullable String text(@Nullable Double value) {
        return value == null ? null : value.toString();
    }

    private static String json(Map<String, String> labels) {
        return new String(Json.write(labels), UTF_8);
    }
}
