package io.growalert.dispatcher.ack;

import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.events.NotificationEvent;
import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The acknowledgements of incidents. Each change is one transaction, after which no instance reminds of the incident or escalates it
 * by what was before.
 */
public final class IncidentAcknowledgements {
    private static final Logger LOG = LoggerFactory.getLogger(IncidentAcknowledgements.class);

    private final JdbcClient jdbc;
    private final TransactionOperations transaction;
    private final InstantSource clock;
    private final EscalationSteps steps;
    private final QueuedReminders reminders;
    private final NotificationLog log;

    public IncidentAcknowledgements(JdbcClient jdbc, TransactionOperations transaction, InstantSource clock) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.clock = clock;
        this.steps = new EscalationSteps(jdbc);
        this.reminders = new QueuedReminders(jdbc, clock);
        this.log = new NotificationLog(jdbc);
    }

    /** @param until null: until the incident is resolved */
    public record Terms(@Nullable Instant until, String comment) {}

    /** The result of a change. */
    public sealed interface Change {
        /**
         * @param acknowledgement in force
         * @param before it, in force as well; null for none
         */
        record Acknowledged(
                Acknowledgement acknowledgement, @Nullable Acknowledgement before) implements Change {}

        /** @param before what ended; null when nothing was in force */
        record Ended(@Nullable Acknowledgement before) implements Change {}

        record Unknown() implements Change {}

        record Resolved() implements Change {}
    }

    private static final String PUT = """
            insert into dispatcher.incident_acknowledgements (incident_id, until, comment, created_by, created_at)
            select id, cast(:until as timestamptz), :comment, :by, cast(:now as timestamptz)
            from unnest(:incidents::text[]) as i (id)
            order by id
            on conflict (incident_id) do update
            set until = excluded.until, comment = excluded.comment, created_by = excluded.created_by,
                created_at = excluded.created_at, ended_at = null
            """;

    /**
     * Acknowledges an incident, or changes its acknowledgement. Reminders and escalations that are queued are dropped. The same
     * request of the same operator changes nothing.
     */
    public Change acknowledge(String incident, Terms terms, String by) {
        return transaction.execute(_ -> {
            var state = lock(List.of(incident)).get(incident);
            if (state == null) {
                return new Change.Unknown();
            }
            if (state == State.RESOLVED) {
                return new Change.Resolved();
            }
            var now = now();
            var before = find(incident, now);
            var until = terms.until() == null ? null : terms.until().truncatedTo(ChronoUnit.MICROS);
            var wanted = new Acknowledgement(
                    incident,
                    by,
                    until,
                    terms.comment(),
                    before.map(Acknowledgement::at).orElse(now));
            if (before.isPresent() && before.get().equals(wanted)) {
                return new Change.Acknowledged(wanted, wanted);
            }
            put(List.of(incident), new Terms(until, terms.comment()), by, now);
            return new Change.Acknowledged(
                    new Acknowledgement(incident, by, until, terms.comment(), now), before.orElse(null));
        });
    }

    private void put(Collection<String> incidents, Terms terms, String by, Instant now) {
        jdbc.sql(PUT)
                .param("incidents", incidents.toArray(String[]::new))
                .param("until", terms.until() == null ? null : Columns.time(terms.until()))
                .param("comment", terms.comment())
                .param("by", by)
                .param("now", Columns.time(now))
                .update();
        log.addIncidents(NotificationEvent.Type.INCIDENT_ACKNOWLEDGED, incidents, by);
        steps.reconsider(incidents, now);
        reminders.drop(incidents, now);
        incidents.forEach(incident -> LOG.atInfo()
                .addKeyValue("incidentId", incident)
                .addKeyValue("by", by)
                .log("Incident acknowledged"));
    }

    /** What {@link #acknowledgeOpen} found: each incident is in one of the lists. */
    public record Acknowledged(List<Acknowledgement> now, List<Acknowledgement> before, List<String> resolved) {
        public Acknowledged {
            now = List.copyOf(now);
            before = List.copyOf(before);
            resolved = List.copyOf(resolved);
        }
    }

    /** Acknowledges those of these incidents that are open and not acknowledged, until they are resolved. */
    public Acknowledged acknowledgeOpen(Collection<String> incidents, String by) {
        return transaction.execute(_ -> {
            var now = now();
            var fresh = new ArrayList<Acknowledgement>();
            var before = new ArrayList<Acknowledgement>();
            var resolved = new ArrayList<String>();
            var states = lock(incidents);
            var known = find(states.keySet(), now);
            states.forEach((incident, state) -> {
                var acknowledgement = known.get(incident);
                if (state == State.RESOLVED) {
                    resolved.add(incident);
                } else if (acknowledgement != null) {
                    before.add(acknowledgement);
                } else {
                    fresh.add(new Acknowledgement(incident, by, null, "", now));
                }
            });
            if (!fresh.isEmpty()) {
                put(fresh.stream().map(Acknowledgement::incident).toList(), new Terms(null, ""), by, now);
            }
            return new Acknowledged(fresh, before, resolved);
        });
    }

    private static final String END = """
            update dispatcher.incident_acknowledgements a set ended_at = :now
            where incident_id = :incident and %s
            """.formatted(Acknowledgement.inForce(":now"));

    /** Ends the acknowledgement of an incident, if there is one: its reminders and escalations continue. */
    public Change end(String incident, String by) {
        return transaction.execute(_ -> {
            if (!lock(List.of(incident)).containsKey(incident)) {
                return new Change.Unknown();
            }
            var now = now();
            var before = find(incident, now);
            if (before.isPresent()) {
                jdbc.sql(END)
                        .param("incident", incident)
                        .param("now", Columns.time(now))
                        .update();
                steps.reconsider(List.of(incident), now);
                log.addIncidents(NotificationEvent.Type.INCIDENT_ACKNOWLEDGEMENT_ENDED, List.of(incident), by);
                LOG.atInfo().addKeyValue("incidentId", incident).log("Acknowledgement ended");
            }
            return new Change.Ended(before.orElse(null));
        });
    }

    /** The acknowledgement of an incident that is in force; one of a resolved incident is not. */
    public Optional<Acknowledgement> inForce(String incident) {
        return find(incident, now());
    }

    private enum State {
        OPEN,
        RESOLVED
    }

    /** Locks the incidents, so that none is resolved or acknowledged meanwhile; rows that refer to them do not wait. */
    private Map<String, State> lock(Collection<String> incidents) {
        var states = new TreeMap<String, State>();
        jdbc.sql("select id, resolved_at is not null as resolved from dispatcher.incidents"
                        + " where id = any(:incidents) order by id for no key update")
                .param("incidents", incidents.toArray(String[]::new))
                .query(row -> {
                    states.put(row.getString("id"), row.getBoolean("resolved") ? State.RESOLVED : State.OPEN);
                });
        return states;
    }

    private static final String FIND = """
            select a.incident_id, a.created_by, a.until, a.comment, a.created_at
            from dispatcher.incident_acknowledgements a join dispatcher.incidents i on i.id = a.incident_id
            where a.incident_id = any(:incidents) and %s
              and i.resolved_at is null
            """.formatted(Acknowledgement.inForce(":now"));

    private Optional<Acknowledgement> find(String incident, Instant now) {
        return Optional.ofNullable(find(List.of(incident), now).get(incident));
    }

    private Map<String, Acknowledgement> find(Collection<String> incidents, Instant now) {
        return jdbc
                .sql(FIND)
                .param("incidents", incidents.toArray(String[]::new))
                .param("now", Columns.time(now))
                .query(IncidentAcknowledgements::acknowledgement)
                .list()
                .stream()
                .collect(Collectors.toMap(Acknowledgement::incident, Function.identity()));
    }

    static Acknowledgement acknowledgement(ResultSet row, int number) throws SQLException {
        return new Acknowledgement(
                row.getString("incident_id"),
                row.getString("created_by"),
                Columns.optionalInstant(row, "until"),
                row.getString("comment"),
                Columns.instant(row, "created_at"));
    }

    private Instant now() {
        return Columns.now(clock);
    }
}
