package io.growalert.dispatcher.ack;

import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of the steps. Every statement that waits for locks takes them in the order of the primary key. */
final class EscalationSteps {
    private final JdbcClient jdbc;

    EscalationSteps(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static final String ADD = """
            insert into dispatcher.escalations
                   (incident_id, route, matchers, step, receivers, after_ms, every_ms, due_at, postponed_by)
            select incident, route, matchers, step, string_to_array(receivers, ','), after_ms, every_ms, due::timestamptz,
                   string_to_array(holds, ',')
            from unnest(:incidents::text[], :routes::text[], :matchers::text[], :numbers::int[], :receivers::text[],
                        :after::bigint[], :every::bigint[], :due::text[], :holds::text[])
                 as s (incident, route, matchers, step, receivers, after_ms, every_ms, due, holds)
            where not exists (select from dispatcher.escalations e
                              where e.incident_id = s.incident and e.matchers = s.matchers and e.step = s.step)
            on conflict do nothing
            """;

    void add(Collection<EscalationStep> steps) {
        if (steps.isEmpty()) {
            return;
        }
        jdbc.sql(ADD)
                .param("incidents", Columns.texts(steps, EscalationStep::incident))
                .param("routes", Columns.texts(steps, EscalationStep::route))
                .param("matchers", Columns.texts(steps, EscalationStep::matchers))
                .param("numbers", Columns.numbers(steps, EscalationStep::number))
                .param("receivers", Columns.texts(steps, step -> String.join(",", step.receivers())))
                .param("after", Columns.millis(steps, EscalationStep::after))
                .param("every", Columns.millis(steps, EscalationStep::every))
                .param("due", Columns.times(steps, EscalationStep::dueAt))
                .param("holds", Columns.texts(steps, step -> String.join(",", step.postponedBy())))
                .update();
    }

    private static final String CANCEL = """
            with waiting as materialized (
                select incident_id, route, step from dispatcher.escalations
                where incident_id = any(:incidents) and state = 'waiting'
                order by incident_id, route, step
                for update
            )
            update dispatcher.escalations e
            set state = 'cancelled'
            from waiting w
            where e.incident_id = w.incident_id and e.route = w.route and e.step = w.step
            """;

    /** Cancels the waiting steps of these incidents, once no instance works on them. */
    void cancel(Collection<String> incidents) {
        if (!incidents.isEmpty()) {
            jdbc.sql(CANCEL)
                    .param("incidents", incidents.toArray(String[]::new))
                    .update();
        }
    }

    private static final String RECONSIDER = """
            with waiting as materialized (
                select incident_id, route, step from dispatcher.escalations
                where incident_id = any(:incidents) and state = 'waiting'
                order by incident_id, route, step
                for update
            )
            update dispatcher.escalations e
            set due_at = case when e.postponed_by = array['acknowledged'] then least(e.due_at, :now) else e.due_at end
            from waiting w
            where e.incident_id = w.incident_id and e.route = w.route and e.step = w.step
            """;

    /**
     * The acknowledgement of these incidents changes: no instance works on their steps until the end of the transaction, and those
     * that it postponed are decided again.
     */
    void reconsider(Collection<String> incidents, Instant now) {
        if (!incidents.isEmpty()) {
            jdbc.sql(RECONSIDER)
                    .param("incidents", incidents.toArray(String[]::new))
                    .param("now", Columns.time(now))
                    .update();
        }
    }

    /** The steps to choose from. */
    enum Candidates {
        ALL(""),
        /** Those that notified no receiver yet, and that no pause postponed. */
        FIRST_NOTIFICATIONS("and step <> %d and notified = 0 and '%s' <> all (postponed_by)\n"
                .formatted(EscalationStep.REPEAT, EscalationStep.PAUSED));

        private final String condition;

        Candidates(String condition) {
            this.condition = condition;
        }
    }

    boolean isDue(Instant now, Candidates candidates) {
        return jdbc.sql(
                        "select exists (select from dispatcher.escalations where state = 'waiting' and due_at <= :now\n%s)"
                                .formatted(candidates.condition))
                .param("now", Columns.time(now))
                .query(Boolean.class)
                .single();
    }

    private static final String DUE = """
            select incident_id, route, matchers, step, coalesce(resumed_for, receivers) as receivers, after_ms, every_ms, due_at, postponed_by, notified
            from dispatcher.escalations
            where state = 'waiting' and due_at <= :now
            """;
    private static final String FIRST_DUE = DUE + "%sorder by due_at limit :limit\n";
    private static final String LOCK_DUE = FIRST_DUE + "for update skip locked";
    private static final String ONE = "and incident_id = :incident and route = :route and step = :step\n";
    private static final String LOCK_ONE = DUE + ONE + "for update skip locked";

    /** Due steps, which other instances may work on. */
    List<EscalationStep> due(Instant now, Candidates candidates, int limit) {
        return jdbc.sql(FIRST_DUE.formatted(candidates.condition))
                .param("now", Columns.time(now))
                .param("limit", limit)
                .query(EscalationSteps::step)
                .list();
    }

    /** Locks this step; empty when it is not due any longer, or another instance works on it. */
    List<EscalationStep> lockDue(EscalationStep step, Instant now) {
        return jdbc.sql(LOCK_ONE)
                .param("now", Columns.time(now))
                .param("incident", step.incident())
                .param("route", step.route())
                .param("step", step.number())
                .query(EscalationSteps::step)
                .list();
    }

    private static final String POSTPONE = """
            update dispatcher.escalations set due_at = greatest(due_at, :until)
            where state = 'waiting'
            """ + ONE;

    /** This step is decided again at this time. */
    void postpone(EscalationStep step, Instant until) {
        jdbc.sql(POSTPONE)
                .param("until", Columns.time(until))
                .param("incident", step.incident())
                .param("route", step.route())
                .param("step", step.number())
                .update();
    }

    /** Locks due steps that no other instance works on. */
    List<EscalationStep> lockDue(Instant now, Candidates candidates, int limit) {
        return jdbc.sql(LOCK_DUE.formatted(candidates.condition))
                .param("now", Columns.time(now))
                .param("limit", limit)
                .query(EscalationSteps::step)
                .list();
    }

    private static EscalationStep step(ResultSet row, int number) throws SQLException {
        long every = row.getLong("every_ms");
        var repeated = row.wasNull() ? null : Duration.ofMillis(every);
        return new EscalationStep(
                row.getString("incident_id"),
                row.getString("route"),
                row.getString("matchers"),
                row.getInt("step"),
                list(row, "receivers"),
                Duration.ofMillis(row.getLong("after_ms")),
                repeated,
                Columns.instant(row, "due_at"),
                list(row, "postponed_by"),
                row.getInt("notified"));
    }

    static List<String> list(ResultSet row, String column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }

    private static final String HOLD_ENDS = """
            select id, least(ended_at, ends_at) as due, ended_at from dispatcher.silences
            where id = any(:holds) and least(ended_at, ends_at) is not null
            """;

    /**
     * The end of a silence.
     *
     * @param applied when an instance ended it; null before
     */
    record End(Instant due, @Nullable Instant applied) {}

    /** The end of each of these silences, if it is known. */
    Map<String, End> ends(Collection<String> silences) {
        var ends = new HashMap<String, End>();
        if (!silences.isEmpty()) {
            jdbc.sql(HOLD_ENDS).param("holds", silences.toArray(String[]::new)).query(row -> {
                ends.put(
                        row.getString("id"),
                        new End(Columns.instant(row, "due"), Columns.optionalInstant(row, "ended_at")));
            });
        }
        return ends;
    }

    /**
     * A decided step.
     *
     * @param dueAt null: it is done
     * @param notifiedAt null: it has not notified
     */
    record Decided(
            EscalationStep step,
            @Nullable Instant dueAt,
            List<String> postponedBy,
            @Nullable Instant notifiedAt) {}

    private static final String RECORD = """
            update dispatcher.escalations e
            set state = case when d.due is null then 'done' else 'waiting' end,
                due_at = coalesce(d.due::timestamptz, e.due_at), postponed_by = string_to_array(d.holds, ','),
                resumed_for = case when d.notified is null then e.resumed_for end,
                notified = e.notified + case when d.notified is null then 0 else 1 end,
                notified_at = coalesce(d.notified::timestamptz, e.notified_at)
            from unnest(:incidents::text[], :routes::text[], :numbers::int[], :due::text[], :holds::text[], :notified::text[])
                 as d (incident, route, step, due, holds, notified)
            where e.incident_id = d.incident and e.route = d.route and e.step = d.step
            """;

    void record(Collection<Decided> decided) {
        jdbc.sql(RECORD)
                .param("incidents", Columns.texts(decided, row -> row.step().incident()))
                .param("routes", Columns.texts(decided, row -> row.step().route()))
                .param("numbers", Columns.numbers(decided, row -> row.step().number()))
                .param("due", Columns.texts(decided, row -> text(row.dueAt())))
                .param("holds", Columns.texts(decided, row -> String.join(",", row.postponedBy())))
                .param("notified", Columns.texts(decided, row -> text(row.notifiedAt())))
                .update();
    }

    private static @Nullable String text(@Nullable Instant instant) {
        if (instant == null) {
            return null;
        }
        return instant.isBefore(Columns.LATEST) ? instant.toString() : "infinity";
    }
}
