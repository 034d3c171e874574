package io.growalert.dispatcher.ack;

import io.growalert.dispatcher.group.GroupMembers;
import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.events.NotificationEvent;
import io.growalert.runtime.database.Columns;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Messages of groups that are queued when their incidents are acknowledged. */
final class QueuedMessages {
    private final JdbcClient jdbc;
    private final NotificationLog log;

    QueuedMessages(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.log = new NotificationLog(jdbc);
    }

    // a message is formed before this, or it sees the acknowledgement
    private static final String LOCK = """
            select id from dispatcher.groups
            where id in (select group_id from dispatcher.group_members where incident_id = any(:incidents))
            order by id
            for update
            """;

    /** Until the end of the transaction, no message is formed that has these incidents. */
    void lock(Collection<String> incidents) {
        jdbc.sql(LOCK)
                .param("incidents", incidents.toArray(String[]::new))
                .query(String.class)
                .list();
    }

    // those that repeat what fires, and those of what escalates
    private static final String DROP = """
            with queued as materialized (
                select d.id
                from dispatcher.deliveries d
                     join dispatcher.group_messages m on m.id = d.group_message_id
                     join dispatcher.groups g on g.id = m.group_id
                where d.group_message_id in (select message_id from dispatcher.group_message_incidents
                                             where incident_id = any(:incidents))
                  and d.state in ('pending', 'held') and (d.lease_owner is null or d.due_at <= clock_timestamp())
                  and (m.body::jsonb #>> '{counts,resolved}')::int = 0
                  and ((m.body::jsonb #>> '{counts,new}')::int = 0 or jsonb_exists(g.labels, :label))
                  and not exists (select from dispatcher.group_message_incidents other
                                       join dispatcher.incidents i on i.id = other.incident_id and i.resolved_at is null
                                  where other.message_id = m.id
                                    and not exists (select from dispatcher.incident_acknowledgements a
                                                    where a.incident_id = i.id and %s))
                order by d.sequence, d.id
                for update of d
            )
            update dispatcher.deliveries d
            set state = 'muted', lease_owner = null, finished_at = clock_timestamp(), detail = 'acknowledged'
            from queued
            where d.id = queued.id and (d.lease_owner is null or d.due_at <= clock_timestamp())
            returning d.id, d.group_message_id
            """.formatted(Acknowledgement.inForce(":now"));

    private record Dropped(String delivery, String message) {}

    // the steps of what is new in the messages, of which no later message notified the receiver
    private static final String MISSED = """
            select distinct shown.incident_id, own.receiver, e.step
            from dispatcher.group_messages own
                 join dispatcher.group_message_incidents shown on shown.message_id = own.id and not shown.still_firing
                 join dispatcher.escalations e on e.incident_id = shown.incident_id and own.receiver = any(e.receivers)
            where own.id = any(:messages) and e.step > 0
              and not exists (select from dispatcher.group_message_incidents listed
                                   join dispatcher.group_messages message on message.id = listed.message_id
                                   join dispatcher.deliveries sent on sent.group_message_id = message.id
                              where listed.incident_id = shown.incident_id and not listed.still_firing
                                and message.group_id = own.group_id and sent.state <> 'muted'
                                and (message.body::jsonb ->> 'formedAt')::timestamptz >= e.notified_at)
            """;

    // an escalation of which the receiver was not notified by another message
    private static final String FORGET = """
            delete from dispatcher.group_members m
            using dispatcher.group_messages own
                  join dispatcher.group_message_incidents shown on shown.message_id = own.id
            where own.id = any(:messages) and (own.body::jsonb #>> '{counts,new}')::int > 0
              and m.group_id = own.group_id and m.incident_id = shown.incident_id
              and not exists (select from dispatcher.group_message_incidents earlier
                                   join dispatcher.group_messages message on message.id = earlier.message_id
                                   join dispatcher.deliveries sent on sent.group_message_id = message.id
                              where earlier.incident_id = m.incident_id and message.group_id = own.group_id
                                and message.id <> own.id and sent.state <> 'muted')
            """;

    /** An incident of which a receiver is not notified by this step. */
    record Missed(String incident, String receiver, int step) {}

    /**
     * Drops, except in flight, the messages of which all incidents are acknowledged or resolved and that repeat or escalate them.
     * Returns what escalated; the incidents that the receiver does not know are in no group any longer.
     */
    List<Missed> drop(Collection<String> incidents, Instant now) {
        var dropped = jdbc.sql(DROP)
                .param("incidents", incidents.toArray(String[]::new))
                .param("label", GroupMembers.ESCALATION)
                .param("now", Columns.time(now))
                .query((row, n) -> new Dropped(row.getString("id"), row.getString("group_message_id")))
                .list();
        if (dropped.isEmpty()) {
            return List.of();
        }
        log.addDeliveries(
                NotificationEvent.Type.DELIVERY_DROPPED,
                dropped.stream().map(Dropped::delivery).toList());
        var messages = Columns.texts(dropped, Dropped::message);
        var missed = jdbc.sql(MISSED)
                .param("messages", messages)
                .query((row, n) ->
                        new Missed(row.getString("incident_id"), row.getString("receiver"), row.getInt("step")))
                .list();
        jdbc.sql(FORGET).param("messages", messages).update();
        return missed;
    }
}
