package io.growalert.dispatcher.silence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.dispatcher.route.EventLabels;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import io.growalert.events.NotificationEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The holds on deliveries, in their table. A delivery with at least one hold is {@code held}, unless it is in flight; then it is
 * held when its attempt fails. When the last hold ends, it is due, with a new time to live. {@link GroupHolds} has those on the
 * members of groups, and on the messages of groups.
 */
public final class Holds {
    private static final int FETCH = 500;

    private final JdbcClient jdbc;
    private final GroupHolds groups;
    private final NotificationLog log;

    public Holds(JdbcClient jdbc) {
        this.jdbc = jdbc;
        this.groups = new GroupHolds(jdbc);
        this.log = new NotificationLog(jdbc);
    }

    private static final String UNFINISHED = """
            select body from dispatcher.alert_events
            where id in (select event_id from dispatcher.deliveries
                         where state in ('pending', 'held') and (:ids::text[] is null or id = any(:ids::text[]))
                         union
                         select i.event_id from dispatcher.group_message_incidents i
                              join dispatcher.deliveries d on d.group_message_id = i.message_id
                         where d.state in ('pending', 'held') and (:ids::text[] is null or d.id = any(:ids::text[]))
                         union
                         select event_id from dispatcher.group_members where :ids::text[] is null)
            """;

    // the holder of an expired lease died: nothing is in flight. Statements lock rows in one order, which prevents
    // deadlocks.
    private static final String BEGIN = """
            with unheld as materialized (
                select id, state from dispatcher.deliveries
                where event_id = any(:events) and state in ('pending', 'held') and not held_by @> array[:hold::text]
                order by sequence, id
                for update
            )
            update dispatcher.deliveries d
            set held_by = d.held_by || :hold::text,
                state = case when d.lease_owner is null or d.due_at <= now() then 'held' else d.state end,
                lease_owner = case when d.due_at <= now() then null else d.lease_owner end
            from unheld
            where d.id = unheld.id
            returning d.id, d.state = 'held' and unheld.state <> 'held' as is_new
            """;

    /** Begins the holds of these silences on the unfinished deliveries of the events that they hold. */
    void begin(List<Coverage> silences) {
        begin(silences, null);
    }

    /** As {@link #begin(List)}, of these deliveries only; null for all. */
    void begin(List<Coverage> silences, @Nullable Collection<String> deliveries) {
        if (deliveries != null) {
            groups.clear(deliveries);
        }
        if (silences.isEmpty()) {
            return;
        }
        var matching = new HashMap<String, List<String>>();
        jdbc.sql(UNFINISHED)
                .param("ids", deliveries == null ? null : deliveries.toArray(String[]::new))
                .withFetchSize(FETCH)
                .query(row -> {
                    var event = event(row.getString("body"));
                    var labels = EventLabels.of(event);
                    silences.stream()
                            .filter(silence -> silence.holds(event, labels))
                            .forEach(silence -> matching.computeIfAbsent(silence.silence(), _ -> new ArrayList<>())
                                    .add(event.id()));
                });
        silences.forEach(silence -> {
            var events = matching.getOrDefault(silence.silence(), List.of());
            if (!events.isEmpty()) {
                var held = new ArrayList<String>();
                jdbc.sql(BEGIN)
                        .param("events", events.toArray(String[]::new))
                        .param("hold", silence.silence())
                        .query(row -> {
                            if (row.getBoolean("is_new")) {
                                held.add(row.getString("id"));
                            }
                        });
                log.addDeliveries(NotificationEvent.Type.DELIVERY_HELD, held);
                groups.begin(events, silence.silence());
            }
        });
        groups.settleMessages();
    }

    private static final String END = """
            with held as materialized (
                select id, array(select hold from unnest(held_by) as hold where hold <> all(:holds::text[])) as rest
                from dispatcher.deliveries
                where held_by && :holds::text[] and state in ('pending', 'held') and held_by <> '{}'
                  and group_message_id is null
                  and (:events::text[] is null or event_id = any(:events::text[]))
                order by sequence, id
                for update
            ), ended as (
                update dispatcher.deliveries d
                set held_by = held.rest
                from held
                where d.id = held.id
                returning d.id, d.state = 'held' and held.rest = '{}' as released
            )
            select count(*) filter (where released) from ended
            """;

    private static final String RELEASE = """
            update dispatcher.deliveries
            set state = 'pending', live_from = clock_timestamp(), due_at = clock_timestamp(), refused_since = null,
                started_inside = false
            where state = 'held' and held_by = '{}'
            """;

    /** Ends these holds, and returns how many deliveries are due now. */
    public int end(Collection<String> holds) {
        return holds.isEmpty() ? 0 : end(holds.toArray(String[]::new), null);
    }

    private int end(String[] holds, String @Nullable [] events) {
        int released = jdbc.sql(END)
                .param("holds", holds)
                .param("events", events)
                .query(Integer.class)
                .single();
        released += groups.end(holds, events);
        if (released > 0) {
            jdbc.sql(RELEASE).update();
        }
        return released;
    }

    private static final String HELD = """
            select body from dispatcher.alert_events
            where id in (select event_id from dispatcher.deliveries
                         where held_by @> array[:hold::text] and state in ('pending', 'held') and held_by <> '{}'
                         union
                         select event_id from dispatcher.group_members
                         where held_by @> array[:hold::text] and held_by <> '{}'
                         union
                         select event_id from dispatcher.group_message_incidents
                         where held_by @> array[:hold::text] and held_by <> '{}')
            """;

    /** Ends the holds of this silence on events that it does not hold any longer, and returns how many deliveries are due now. */
    int retain(Coverage silence) {
        var others = new ArrayList<String>();
        jdbc.sql(HELD).param("hold", silence.silence()).withFetchSize(FETCH).query(row -> {
            var event = event(row.getString("body"));
            if (!silence.holds(event)) {
                others.add(event.id());
            }
        });
        return others.isEmpty() ? 0 : end(new String[] {silence.silence()}, others.toArray(String[]::new));
    }

    private static final String SETTLE = """
            update dispatcher.deliveries
            set state = 'held', lease_owner = null
            where state = 'pending' and held_by <> '{}' and due_at <= now()
            returning id
            """;

    /** Holds the deliveries that were in flight when their hold began, and whose lease expired. */
    void settle() {
        log.addDeliveries(
                NotificationEvent.Type.DELIVERY_HELD,
                jdbc.sql(SETTLE).query(String.class).list());
    }

    private static final String COUNT = """
            select hold, count(*) as deliveries
            from (select held_by from dispatcher.deliveries where state = 'held'
                  union all
                  select held_by from dispatcher.group_members where resolved = notified) as waiting
                 cross join unnest(held_by) as hold
            where held_by <> '{}' and (:hold::text is null or held_by @> array[:hold::text])
            group by hold
            """;

    /** How many deliveries and alerts of groups each hold has; of one hold, or of all when it is null. */
    Map<String, Long> counts(@Nullable String hold) {
        var counts = new HashMap<String, Long>();
        jdbc.sql(COUNT).param("hold", hold).query(row -> {
            counts.put(row.getString("hold"), row.getLong("deliveries"));
        });
        return counts;
    }

    private static AlertEvent event(String body) {
        return Json.read(body.getBytes(UTF_8), AlertEvent.class);
    }
}
