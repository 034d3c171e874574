package io.growalert.dispatcher.silence;

import static io.growalert.runtime.database.Columns.instant;
import static io.growalert.runtime.database.Columns.optionalInstant;

import io.growalert.evaluation.match.Matcher;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of silences. {@link Silences} owns the transactions. */
final class SilenceTable {
    private static final int MAX_ROWS = 1_000;
    private static final int MAX_PARSED = 10_000;

    private final JdbcClient jdbc;
    /** By their text forms; patterns are expensive to compile. */
    private final Map<List<String>, List<Matcher>> parsed = new ConcurrentHashMap<>();

    SilenceTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What causes an inhibition: an incident, whose alert is excepted, as are the events that the matchers match. */
    record Cause(String incident, String alert, List<String> exceptMatchers) {}

    private static final String ADD = """
            insert into dispatcher.silences
                   (id, matchers, starts_at, ends_at, comment, created_by, created_at, updated_at, origin,
                    incident_id, except_alert, except_matchers)
            values (:id, :matchers, :startsAt, :endsAt, :comment, :createdBy, :createdAt, :createdAt, :origin,
                    :incident, :exceptAlert, :exceptMatchers)
            on conflict (id) do nothing
            """;

    /** Adds a row that is not active yet, unless one of this id exists. */
    void add(Silence silence, @Nullable Cause cause) {
        jdbc.sql(ADD)
                .param("id", silence.id())
                .param("matchers", silence.matchers().toArray(String[]::new))
                .param("startsAt", time(silence.startsAt()))
                .param("endsAt", optionalTime(silence.endsAt()))
                .param("comment", silence.comment())
                .param("createdBy", silence.createdBy())
                .param("createdAt", time(silence.createdAt()))
                .param("origin", silence.origin().text())
                .param("incident", cause == null ? null : cause.incident())
                .param("exceptAlert", cause == null ? null : cause.alert())
                .param(
                        "exceptMatchers",
                        cause == null ? new String[0] : cause.exceptMatchers().toArray(String[]::new))
                .update();
    }

    private static final String CHANGE = """
            update dispatcher.silences
            set matchers = :matchers, starts_at = :startsAt, ends_at = :endsAt, comment = :comment, updated_at = :now,
                active = false
            where id = :id
            """;

    /** Changes a row, which is not active then. */
    void change(String id, Silence.Terms terms, Instant startsAt, Instant now) {
        jdbc.sql(CHANGE)
                .param("id", id)
                .param("matchers", texts(terms.matchers()).toArray(String[]::new))
                .param("startsAt", time(startsAt))
                .param("endsAt", time(terms.endsAt()))
                .param("comment", terms.comment())
                .param("now", time(now))
                .update();
    }

    private static final String MUTE = """
            insert into dispatcher.silences
                   (id, matchers, starts_at, ends_at, comment, created_by, created_at, updated_at, origin)
            values (:id, array['monitor=' || :monitor], :now, :until, :comment, :author, :now, :now, 'monitor')
            on conflict (id) do update
            set ends_at = excluded.ends_at, comment = excluded.comment, created_by = excluded.created_by,
                updated_at = excluded.updated_at, ended_at = null, active = false,
                starts_at = case when silences.ended_at is null then silences.starts_at else excluded.starts_at end,
                created_at = case when silences.ended_at is null then silences.created_at else excluded.created_at end
            """;

    /** Adds the mute of a monitor, or changes it, or begins it again. */
    void mute(MonitorMute mute, String author, Instant now) {
        jdbc.sql(MUTE)
                .param("id", mute.id())
                .param("monitor", mute.monitor())
                .param("until", time(mute.until()))
                .param("comment", mute.comment())
                .param("author", author)
                .param("now", time(now))
                .update();
    }

    private static final String MUTES = """
            select id, ends_at, comment from dispatcher.silences
            where origin = 'monitor' and ended_at is null
            """;

    /** The mutes of monitors that are not ended, the first to end first. */
    List<MonitorMute> mutes() {
        return jdbc.sql(MUTES + "order by ends_at limit " + MAX_ROWS)
                .query(SilenceTable::mute)
                .list();
    }

    /** The mute of this monitor, unless it is ended. */
    Optional<MonitorMute> findMute(String monitor) {
        return jdbc.sql(MUTES + "and id = :id")
                .param("id", MonitorMute.id(monitor))
                .query(SilenceTable::mute)
                .optional();
    }

    private static MonitorMute mute(ResultSet row, int number) throws SQLException {
        return MonitorMute.of(row.getString("id"), instant(row, "ends_at"), row.getString("comment"));
    }

    Optional<Silence> find(String id) {
        return jdbc.sql("select * from dispatcher.silences where id = :id")
                .param("id", id)
                .query(SilenceTable::silence)
                .optional();
    }

    private static final String IN_FORCE = """
            select id, matchers, except_alert, except_matchers, coalesce(ends_at <= :now, false) as overdue
            from dispatcher.silences
            where ended_at is null and starts_at <= :now
            """;

    /** An inhibition is in force until its row is ended, whatever became of its incident. */
    InForce inForce(Instant now) {
        var silences = new ArrayList<Coverage>();
        var overdue = new ArrayList<String>();
        jdbc.sql(IN_FORCE).param("now", time(now)).query(row -> {
            if (row.getBoolean("overdue")) {
                overdue.add(row.getString("id"));
            } else {
                silences.add(coverage(row));
            }
        });
        return new InForce(silences, overdue);
    }

    /** What ends an inhibition is the end of its incident. */
    private static final String IS_OVER = """
            ended_at is null
            and (ends_at <= :now
                 or origin = 'inhibition' and not exists (select from dispatcher.incidents i
                                                          where i.id = incident_id and i.resolved_at is null))
            """;

    private static final String BEGINS = """
            ended_at is null and not active and starts_at <= :now and (ends_at is null or ends_at > :now)
            """;

    private static final String DUE =
            "select exists (select from dispatcher.silences where (%s) or (%s))".formatted(IS_OVER, BEGINS);

    /** Whether a silence begins or ends by this time. */
    boolean isDue(Instant now) {
        return jdbc.sql(DUE).param("now", time(now)).query(Boolean.class).single();
    }

    private static final String BEGIN_DUE = "update dispatcher.silences set active = true where " + BEGINS
            + " returning id, matchers, except_alert, except_matchers";

    /** Activates the silences whose start has come, and returns them. */
    List<Coverage> beginDue(Instant now) {
        return jdbc.sql(BEGIN_DUE)
                .param("now", time(now))
                .query((row, n) -> coverage(row))
                .list();
    }

    private static final String END_DUE =
            "update dispatcher.silences set ended_at = :now, active = false where " + IS_OVER + " returning id";

    /** Ends the silences whose end has come, and returns their ids. */
    List<String> endDue(Instant now) {
        return jdbc.sql(END_DUE).param("now", time(now)).query(String.class).list();
    }

    /** Ends one; false when there is none of this id that is not ended. */
    boolean end(String id, Instant now) {
        return jdbc.sql("update dispatcher.silences set ended_at = :now, active = false"
                                + " where id = :id and ended_at is null")
                        .param("id", id)
                        .param("now", time(now))
                        .update()
                > 0;
    }

    private static final String DELETE_OTHERS = """
            delete from dispatcher.silences
            where origin = :origin and ended_at is null
              and not exists (select from unnest(:prefixes::text[]) as prefix where starts_with(id, prefix))
            returning id
            """;

    /**
     * Deletes those of this origin that are not ended and whose id has none of the prefixes, so that they can begin again, and
     * returns their ids.
     */
    List<String> deleteOthers(Silence.Origin origin, Collection<String> prefixes) {
        return jdbc.sql(DELETE_OTHERS)
                .param("origin", origin.text())
                .param("prefixes", prefixes.toArray(String[]::new))
                .query(String.class)
                .list();
    }

    int deleteEndedBefore(Instant instant) {
        return jdbc.sql("delete from dispatcher.silences where ended_at < :before")
                .param("before", time(instant))
                .update();
    }

    Coverage coverage(ResultSet row) throws SQLException {
        return new Coverage(
                row.getString("id"),
                matchers(list(row, "matchers")),
                row.getString("except_alert"),
                matchers(list(row, "except_matchers")));
    }

    private List<Matcher> matchers(List<String> texts) {
        if (parsed.size() > MAX_PARSED) {
            parsed.clear();
        }
        return parsed.computeIfAbsent(
                texts, all -> all.stream().map(Matcher::of).toList());
    }

    static List<String> texts(Collection<Matcher> matchers) {
        return matchers.stream().map(Matcher::toString).toList();
    }

    static Silence silence(ResultSet row, int number) throws SQLException {
        return new Silence(
                row.getString("id"),
                list(row, "matchers"),
                instant(row, "starts_at"),
                optionalInstant(row, "ends_at"),
                row.getString("comment"),
                row.getString("created_by"),
                instant(row, "created_at"),
                instant(row, "updated_at"),
                optionalInstant(row, "ended_at"),
                Silence.Origin.of(row.getString("origin")));
    }

    private static List<String> list(ResultSet row, String column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static @Nullable OffsetDateTime optionalTime(@Nullable Instant instant) {
        return instant == null ? null : time(instant);
    }
}
