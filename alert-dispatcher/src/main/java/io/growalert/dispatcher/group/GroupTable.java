package io.growalert.dispatcher.group;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.GroupEvent;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.events.Status;
import io.growalert.runtime.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** The tables of groups, their members and their messages; each statement is of one group, within the caller's transaction. */
final class GroupTable {
    private static final int FETCH = 100;

    private final JdbcClient jdbc;

    GroupTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static final String DUE = """
            select id from dispatcher.groups g
            where next_at <= :now
              and not exists (select from dispatcher.deliveries d
                              where d.alert_id = g.id and d.receiver = g.receiver and d.state = 'pending')
              and (:repeats
                   or exists (select from dispatcher.group_members m
                              where m.group_id = g.id and m.held_by = '{}'
                                and case when m.resolved then m.notified else not m.notified or m.escalation is not null end))
            order by next_at
            limit :limit
            """;

    /**
     * The ids of the groups of which a message may be due, the first due ones first, without those that are behind.
     *
     * @param repeats false: only those in which something changed
     */
    List<String> due(Instant now, boolean repeats, int limit) {
        return jdbc.sql(DUE)
                .param("now", Columns.time(now))
                .param("repeats", repeats)
                .param("limit", limit)
                .query(String.class)
                .list();
    }

    private static final String SET_BACK = """
            with ahead as materialized (
                select id from dispatcher.groups where messaged_at > :now order by id for update skip locked
            )
            update dispatcher.groups g
            set next_at = least(next_at, cast(:now as timestamptz) + (next_at - messaged_at)), messaged_at = :now
            from ahead
            where g.id = ahead.id
            """;

    /** Counts a message that was formed by a clock that was ahead as formed now. */
    void setBack(Instant now) {
        jdbc.sql(SET_BACK).param("now", Columns.time(now)).update();
    }

    /** A group that is locked. */
    record Locked(AlertGroup group, @Nullable Instant messagedAt) {}

    // it waits, since a group whose alerts arrive without a pause would never be unlocked when it looks
    private static final String LOCK = """
            select route, receiver, labels, wait_ms, interval_ms, repeat_ms, messaged_at
            from dispatcher.groups where id = :id and next_at <= :now
            for update
            """;

    /** Locks a group, unless another instance was faster and no message is due any longer. */
    Optional<Locked> lock(String id, Instant now) {
        return jdbc.sql(LOCK)
                .param("id", id)
                .param("now", Columns.time(now))
                .query((row, n) -> new Locked(
                        new AlertGroup(
                                row.getString("route"),
                                row.getString("receiver"),
                                labels(row.getString("labels")),
                                Duration.ofMillis(row.getLong("wait_ms")),
                                Duration.ofMillis(row.getLong("interval_ms")),
                                optionalMillis(row, "repeat_ms")),
                        Columns.optionalInstant(row, "messaged_at")))
                .optional();
    }

    private static final String IS_BEHIND = """
            select exists (select from dispatcher.deliveries
                           where alert_id = :group and receiver = :receiver and state = 'pending')
            """;

    /** Whether the group's last message is not delivered yet, and not on hold. */
    boolean isBehind(AlertGroup group) {
        return jdbc.sql(IS_BEHIND)
                .param("group", group.id())
                .param("receiver", group.receiver())
                .query(Boolean.class)
                .single();
    }

    // an acknowledgement deletes members: before they are read, or after the message is stored and they are marked
    private static final String MEMBERS = """
            select m.incident_id, m.event_id, m.resolved, m.held_by <> '{}' as held, i.status, i.fired_at,
                   m.notified and (m.escalation is null or m.resolved or m.held_by <> '{}') as notified
            from dispatcher.group_members m join dispatcher.incidents i on i.id = m.incident_id
            where m.group_id = :group
            order by m.incident_id
            for update of m
            """;

    /** Locks and reads the members of a group, none of them acknowledged. The receiver is notified again of one that escalates to it. */
    List<Member> members(String group) {
        return jdbc.sql(MEMBERS)
                .param("group", group)
                .query((row, n) -> new Member(
                        row.getString("incident_id"),
                        row.getString("event_id"),
                        Status.valueOf(row.getString("status")),
                        Columns.instant(row, "fired_at"),
                        row.getBoolean("resolved"),
                        row.getBoolean("notified"),
                        row.getBoolean("held"),
                        false))
                .list();
    }

    /** The bodies of events. */
    interface Bodies {
        void accept(String event, String body);
    }

    /** Reads the bodies of these events. */
    void bodies(Collection<String> events, Bodies reader) {
        jdbc.sql("select id, body from dispatcher.alert_events where id = any(:ids)")
                .param("ids", events.toArray(String[]::new))
                .withFetchSize(FETCH)
                .query(row -> {
                    reader.accept(row.getString("id"), row.getString("body"));
                });
    }

    /** The next number in the order of all deliveries. */
    long nextSequence() {
        return jdbc.sql("select nextval(pg_get_serial_sequence('dispatcher.alert_events', 'sequence'))")
                .query(Long.class)
                .single();
    }

    private static final String ADD_MESSAGE = """
            insert into dispatcher.group_messages (id, group_id, receiver, body)
            values (:id, :group, :receiver, :body)
            """;

    // the last messages only: a message that is delivered later than these keeps its rows
    private static final String FORGET_STILL_FIRING = """
            delete from dispatcher.group_message_incidents i
            using (select group_message_id from dispatcher.deliveries
                   where alert_id = :group and receiver = :receiver and state = 'delivered'
                   order by sequence desc
                   limit 10) as delivered
            where i.message_id = delivered.group_message_id and i.still_firing
            """;

    private static final String ADD_INCIDENTS = """
            insert into dispatcher.group_message_incidents (message_id, incident_id, event_id, still_firing, held_by)
            select :id, incident_id, event_id, notified and not resolved and (escalation is null or held_by <> '{}'), held_by
            from dispatcher.group_members
            where group_id = :group and incident_id = any(:incidents)
            """;

    private static final String ESCALATION = """
            select max(escalation) from dispatcher.group_members
            where group_id = :group and incident_id = any(:incidents)
            """;

    /** The highest step by which one of these members escalates to the group's receiver; empty when none does. */
    Optional<Integer> escalation(String group, Collection<Member> members) {
        return Optional.ofNullable(jdbc.sql(ESCALATION)
                .param("group", group)
                .param("incidents", incidents(members.stream()))
                .query((row, n) -> row.getObject(1, Integer.class))
                .list()
                .getFirst());
    }

    private static final String MARK = """
            update dispatcher.group_members set notified = true, escalation = null
            where group_id = :group and incident_id = any(:incidents)
            """;

    // the group's id is the order key of its messages
    private static final String DELIVER = """
            insert into dispatcher.deliveries (id, group_message_id, sequence, alert_id, receiver, state)
            values (:id, :message, :sequence, :group, :receiver, 'pending')
            """;

    private static final String MESSAGED = """
            update dispatcher.groups set messaged_at = :now, next_at = :next where id = :id
            """;

    /**
     * Stores a message and its delivery, and that its receiver knows what is in it. What fired on in the messages before is forgotten: it
     * is in this one, and rows for each alert that fires in each message would be many.
     *
     * @param next when the next message may be due if nothing changes; null: it is not
     */
    void add(AlertGroup group, GroupEvent message, long sequence, GroupDecision.Due due, @Nullable Instant next) {
        jdbc.sql(ADD_MESSAGE)
                .param("id", message.id())
                .param("group", message.group())
                .param("receiver", group.receiver())
                .param("body", new String(Json.write(message), UTF_8))
                .update();
        jdbc.sql(FORGET_STILL_FIRING)
                .param("group", message.group())
                .param("receiver", group.receiver())
                .update();
        jdbc.sql(ADD_INCIDENTS)
                .param("id", message.id())
                .param("group", message.group())
                .param("incidents", incidents(due.all()))
                .update();
        jdbc.sql(MARK)
                .param("group", message.group())
                .param("incidents", incidents(due.started().stream()))
                .update();
        remove(message.group(), due.resolved());
        jdbc.sql(DELIVER)
                .param("id", Ids.delivery(message.id(), group.receiver()))
                .param("message", message.id())
                .param("sequence", sequence)
                .param("group", message.group())
                .param("receiver", group.receiver())
                .update();
        jdbc.sql(MESSAGED)
                .param("id", message.group())
                .param("now", Columns.time(message.formedAt()))
                .param("next", optionalTime(next))
                .update();
    }

    /** Removes these members of a group. */
    void remove(String group, Collection<Member> members) {
        if (!members.isEmpty()) {
            jdbc.sql("delete from dispatcher.group_members where group_id = :group and incident_id = any(:incidents)")
                    .param("group", group)
                    .param("incidents", incidents(members.stream()))
                    .update();
        }
    }

    /** No message is due before this instant; null: before something changes. */
    void postpone(String group, @Nullable Instant until) {
        jdbc.sql("update dispatcher.groups set next_at = :until where id = :id")
                .param("id", group)
                .param("until", optionalTime(until))
                .update();
    }

    private static String[] incidents(Stream<Member> members) {
        return members.map(Member::incident).toArray(String[]::new);
    }

    private static Map<String, String> labels(String json) {
        var labels = new HashMap<String, String>();
        Json.read(json.getBytes(UTF_8), JsonNode.class)
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().stringValue()));
        return labels;
    }

    private static @Nullable Duration optionalMillis(ResultSet row, String column) throws SQLException {
        var millis = row.getObject(column, Long.class);
        return millis == null ? null : Duration.ofMillis(millis);
    }

    private static @Nullable OffsetDateTime optionalTime(@Nullable Instant instant) {
        return instant == null ? null : Columns.time(instant);
    }
}
