package io.growalert.dispatcher.ack;

import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The escalations and repeats of incidents, for operators. */
public final class EscalationHistory {
    private final JdbcClient jdbc;

    public EscalationHistory(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A step's current state.
     *
     * @param route the path of the branch at the firing
     * @param step from 1; 0 for the repeat
     * @param state {@code waiting}, {@code done} or {@code cancelled}
     * @param dueAt when it is decided next; null when it is not, or only the acknowledgement's end decides
     * @param postponedBy the ids of holds, {@code paused}, or {@code acknowledged}
     * @param notified how often its receivers were notified
     */
    public record Step(
            String route,
            int step,
            List<String> receivers,
            String state,
            @Nullable Instant dueAt,
            List<String> postponedBy,
            int notified,
            @Nullable Instant notifiedAt) {}

    private static final String STEPS = """
            select route, step, receivers, state, postponed_by, notified, notified_at,
                   case when state = 'waiting' and due_at < 'infinity' then due_at end as due_at
            from dispatcher.escalations
            where incident_id = :incident
            order by route, step
            """;

    /** The steps of an incident. */
    public List<Step> of(String incident) {
        return jdbc.sql(STEPS)
                .param("incident", incident)
                .query(EscalationHistory::step)
                .list();
    }

    private static Step step(ResultSet row, int number) throws SQLException {
        return new Step(
                row.getString("route"),
                row.getInt("step"),
                EscalationSteps.list(row, "receivers"),
                row.getString("state"),
                Columns.optionalInstant(row, "due_at"),
                EscalationSteps.list(row, "postponed_by").stream()
                        .filter(hold -> !hold.equals(EscalationStep.HELD_FIRING))
                        .toList(),
                row.getInt("notified"),
                Columns.optionalInstant(row, "notified_at"));
    }
}
