package io.growalert.dispatcher.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.ack.AcknowledgementHistory;
import io.growalert.dispatcher.ack.EscalationHistory;
import io.growalert.dispatcher.history.IncidentHistory.Delivery;
import io.growalert.dispatcher.history.IncidentHistory.Event;
import io.growalert.dispatcher.history.IncidentHistory.Incident;
import io.growalert.dispatcher.route.EventLabels;
import io.growalert.dispatcher.route.RouteExplanation;
import io.growalert.dispatcher.route.RouteTree;
import io.growalert.dispatcher.silence.Silence;
import io.growalert.dispatcher.silence.SilenceHistory;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import io.growalert.runtime.database.Columns;
import io.growalert.runtime.database.Cursor;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Explains incidents from what is stored about them. */
public final class IncidentReports {
    private static final int MAX_TRANSITIONS = 100;
    private static final int MAX_DELIVERIES = 200;
    private static final int MAX_ATTEMPTS = 20;

    private final JdbcClient jdbc;
    private final AttemptList attempts;
    private final SilenceHistory silences;
    private final AcknowledgementHistory acknowledgements;
    private final EscalationHistory steps;
    private final Supplier<RouteTree> routes;
    private final InstantSource clock;

    /** @param routes those in use at the moment */
    public IncidentReports(JdbcClient jdbc, SilenceHistory silences, Supplier<RouteTree> routes, InstantSource clock) {
        this.jdbc = jdbc;
        this.attempts = new AttemptList(jdbc);
        this.silences = silences;
        this.acknowledgements = new AcknowledgementHistory(jdbc, clock);
        this.steps = new EscalationHistory(jdbc);
        this.routes = routes;
        this.clock = clock;
    }

    /** Explains an incident; empty when there is none of this id. */
    public Optional<IncidentReport> of(String id) {
        return find(id).map(incident -> {
            var latest =
                    new ArrayList<>(transitions(incident, null, MAX_TRANSITIONS).rows());
            var first = first(incident);
            if (latest.size() == MAX_TRANSITIONS) {
                first.ifPresent(stored -> latest.set(MAX_TRANSITIONS - 1, stored));
            }
            var firing = first.map(IncidentReports::event);
            return new IncidentReport(
                    incident,
                    firing.map(AlertEvent::rule).orElse(null),
                    firing.map(AlertEvent::receivers).orElse(List.of()),
                    firing.filter(AlertEvent::usesRoutes).map(this::explained).orElse(null),
                    latest,
                    firing.map(event -> silencesOf(incident, event)).orElse(List.of()),
                    deliveries(incident),
                    acknowledgements.of(incident.incident()),
                    steps.of(incident.incident()));
        });
    }

    /**
     * A page of an incident's events, the latest first; empty when there is no such incident.
     *
     * @throws Cursor.InvalidCursor when the cursor is of another list
     */
    public Optional<ListPage<Event>> transitions(String id, @Nullable Cursor start, int limit) {
        return find(id).map(incident -> transitions(incident, start, limit));
    }

    private Optional<Incident> find(String id) {
        return jdbc.sql(IncidentHistory.INCIDENT + "where id = :id")
                .param("id", id)
                .query(IncidentHistory::incident)
                .optional();
    }

    private record Stored(long sequence, Event event) {}

    private ListPage<Event> transitions(Incident incident, @Nullable Cursor start, int limit) {
        return ListPage.read(
                        (after, rows) -> stored(incident, after, rows),
                        row -> Cursor.of(row.sequence()),
                        null,
                        start,
                        limit)
                .map(Stored::event);
    }

    private static final String EVENTS = "select sequence, received_at, body from dispatcher.alert_events";

    private List<Stored> stored(Incident incident, @Nullable Cursor after, int limit) {
        var conditions = new Conditions()
                .with("alert_id = :alert", "alert", incident.alert())
                .with("incident_id = :incident", "incident", incident.incident());
        if (after != null) {
            conditions.with("sequence < :after", "after", after.requireSize(1).number(0));
        }
        return jdbc.sql(EVENTS + conditions.where() + " order by sequence desc limit :limit")
                .params(conditions.parameters())
                .param("limit", limit)
                .query((row, n) -> new Stored(
                        row.getLong("sequence"), new Event(Columns.instant(row, "received_at"), row.getString("body"))))
                .list();
    }

    private Optional<Event> first(Incident incident) {
        return jdbc.sql(EVENTS + " where alert_id = :alert and incident_id = :incident order by sequence limit 1")
                .param("alert", incident.alert())
                .param("incident", incident.incident())
                .query((row, n) -> new Event(Columns.instant(row, "received_at"), row.getString("body")))
                .optional();
    }

    private static AlertEvent event(Event stored) {
        return Json.read(stored.event().getBytes(UTF_8), AlertEvent.class);
    }

    private RouteExplanation explained(AlertEvent firing) {
        return RouteExplanation.of(routes.get(), EventLabels.of(firing), firing.slot());
    }

    private List<Silence> silencesOf(Incident incident, AlertEvent firing) {
        var resolved = incident.resolvedAt();
        return silences.matching(firing, incident.firingSince(), resolved == null ? clock.instant() : resolved);
    }

    private static final String DELIVERIES = """
            select id, event_id, alert_id, incident_id, monitor_id, group_message_id, receiver, state, attempts, created_at,
                   case when state = 'pending' then due_at end as due_at, finished_at, detail, held_by
            from dispatcher.deliveries
            where id in (select delivery_id from dispatcher.delivery_incidents
                         where alert_id = :alert and incident_id = :incident)
            order by sequence desc, receiver, id
            limit :limit
            """;

    private record Held(Delivery delivery, List<String> by) {}

    private List<IncidentReport.Sent> deliveries(Incident incident) {
        var found = jdbc.sql(DELIVERIES)
                .param("alert", incident.alert())
                .param("incident", incident.incident())
                .param("limit", MAX_DELIVERIES)
                .query((row, n) -> new Held(IncidentHistory.delivery(row, n), List.of((String[])
                        row.getArray("held_by").getArray())))
                .list();
        var made =
                attempts.latest(found.stream().map(held -> held.delivery().id()).toList(), MAX_ATTEMPTS);
        return found.stream()
                .map(held -> new IncidentReport.Sent(
                        held.delivery(),
                        held.by(),
                        made.getOrDefault(held.delivery().id(), List.of())))
                .toList();
    }
}
