package io.growalert.dispatcher.silence;

import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.events.NotificationEvent;
import java.util.ArrayList;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The holds on the members of groups, and on the incidents of messages that are not sent. A member on hold is in no message; a message
 * is on hold while all its incidents are.
 */
final class GroupHolds {
    private final JdbcClient jdbc;
    private final NotificationLog log;

    GroupHolds(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.log = new NotificationLog(jdbc);
    }

    private static final String BEGIN_MEMBERS = """
            with unheld as materialized (
                select incident_id, receiver from dispatcher.group_members
                where event_id = any(:events) and not held_by @> array[:hold::text]
                order by incident_id, receiver
                for update
            )
            update dispatcher.group_members m
            set held_by = m.held_by || :hold::text
            from unheld
            where m.incident_id = unheld.incident_id and m.receiver = unheld.receiver
            """;

    private static final String BEGIN_MESSAGES = """
            update dispatcher.group_message_incidents i
            set held_by = i.held_by || :hold::text
            from dispatcher.deliveries d
            where d.group_message_id = i.message_id and d.state in ('pending', 'held')
              and i.event_id = any(:events) and not i.held_by @> array[:hold::text]
            """;

    /** Begins a hold on the members and the unsent messages that have these events. */
    void begin(Collection<String> events, String hold) {
        var ids = events.toArray(String[]::new);
        jdbc.sql(BEGIN_MEMBERS).param("events", ids).param("hold", hold).update();
        jdbc.sql(BEGIN_MESSAGES).param("events", ids).param("hold", hold).update();
    }

    // a message that waits is due at once, but not before the group's interval has passed
    private static final String END_MEMBERS = """
            with ended as (
                update dispatcher.group_members
                set held_by = array(select hold from unnest(held_by) as hold where hold <> all(:holds::text[]))
                where held_by && :holds::text[] and held_by <> '{}'
                  and (:events::text[] is null or event_id = any(:events::text[]))
                returning group_id, held_by = '{}' as released
            )
            update dispatcher.groups
            set next_at = least(next_at, coalesce(messaged_at + interval_ms * interval '1 millisecond', '-infinity'))
            where id in (select group_id from ended where released)
            """;

    private static final String END_MESSAGES = """
            update dispatcher.group_message_incidents
            set held_by = array(select hold from unnest(held_by) as hold where hold <> all(:holds::text[]))
            where held_by && :holds::text[] and held_by <> '{}'
              and (:events::text[] is null or event_id = any(:events::text[]))
            """;

    /** Ends these holds, and returns how many messages have none any longer. */
    int end(String[] holds, String @Nullable [] events) {
        jdbc.sql(END_MEMBERS).param("holds", holds).param("events", events).update();
        int changed = jdbc.sql(END_MESSAGES)
                .param("holds", holds)
                .param("events", events)
                .update();
        return changed == 0 ? 0 : settleMessages();
    }

    private static final String CLEAR = """
            update dispatcher.group_message_incidents
            set held_by = '{}'
            where held_by <> '{}'
              and message_id in (select group_message_id from dispatcher.deliveries where id = any(:deliveries))
            """;

    /** Clears what is left of the holds on these deliveries from before they were parked. */
    void clear(Collection<String> deliveries) {
        jdbc.sql(CLEAR).param("deliveries", deliveries.toArray(String[]::new)).update();
    }

    private static final String SETTLE = """
            with unsent as materialized (
                select d.id, d.group_message_id, d.state
                from dispatcher.deliveries d
                where d.group_message_id is not null and d.state in ('pending', 'held')
                  and (d.held_by <> '{}' or exists (select from dispatcher.group_message_incidents i
                                                    where i.message_id = d.group_message_id and i.held_by <> '{}'))
                order by d.sequence, d.id
                for update
            ), next as (
                select unsent.id, unsent.state,
                       case when bool_and(i.held_by <> '{}')
                            then array(select distinct hold
                                       from dispatcher.group_message_incidents other cross join unnest(other.held_by) as hold
                                       where other.message_id = unsent.group_message_id
                                       order by hold)
                            else '{}' end as held_by
                from unsent join dispatcher.group_message_incidents i on i.message_id = unsent.group_message_id
                group by unsent.id, unsent.group_message_id, unsent.state
            ), settled as (
                update dispatcher.deliveries d
                set held_by = next.held_by,
                    state = case when next.held_by <> '{}' and (d.lease_owner is null or d.due_at <= now()) then 'held'
                                 else d.state end,
                    lease_owner = case when next.held_by <> '{}' and d.due_at <= now() then null else d.lease_owner end
                from next
                where d.id = next.id and d.held_by <> next.held_by
                returning d.id, d.state = 'held' and next.state <> 'held' as is_held,
                          d.state = 'held' and next.held_by = '{}' as is_released
            )
            select id, is_held, is_released from settled
            """;

    /** Holds the messages all of whose incidents are on hold, ends the holds of the others, and returns of how many. */
    int settleMessages() {
        var held = new ArrayList<String>();
        var released = new ArrayList<String>();
        jdbc.sql(SETTLE).query(row -> {
            if (row.getBoolean("is_held")) {
                held.add(row.getString("id"));
            }
            if (row.getBoolean("is_released")) {
                released.add(row.getString("id"));
            }
        });
        log.addDeliveries(NotificationEvent.Type.DELIVERY_HELD, held);
        return released.size();
    }
}
