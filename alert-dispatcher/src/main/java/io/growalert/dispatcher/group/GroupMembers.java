package io.growalert.dispatcher.group;

import static io.growalert.runtime.database.Columns.flags;
import static io.growalert.runtime.database.Columns.millis;
import static io.growalert.runtime.database.Columns.texts;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.route.Grouping;
import io.growalert.dispatcher.route.RouteTree.MatchedPath;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import io.growalert.runtime.database.Columns;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Stores which incidents are in which group of a receiver, as events arrive. */
public final class GroupMembers {
    /** A label of the groups of what escalates to a receiver; no label of an alert has a space. */
    public static final String ESCALATION = "escalation step";

    private final JdbcClient jdbc;

    public GroupMembers(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** An incident that is in a group of a receiver. */
    public record Place(String incident, String receiver) {}

    /** @param isHeld a silence holds its latest event */
    public record Membership(String group, boolean isHeld) {}

    /**
     * What an event changes.
     *
     * @param group the group's id
     * @param created the group when the incident comes into it; null when it is in it already
     * @param holds the silences that hold the event
     * @param wasHeld a silence held the event before
     * @param step the escalation of which the receiver is to be notified; null for none
     */
    public record Change(
            String group,
            @Nullable Created created,
            String receiver,
            AlertEvent event,
            List<String> holds,
            boolean wasHeld,
            @Nullable Integer step) {
        public Change {
            holds = List.copyOf(holds);
        }

        /** The incident comes into the group of these labels. */
        public static Change into(
                MatchedPath path, Map<String, String> labels, String receiver, AlertEvent event, List<String> holds) {
            var group =
                    AlertGroup.of(path.matchers(), receiver, labels, path.last().grouping());
            return new Change(group.id(), new Created(group), receiver, event, holds, false, null);
        }

        /** The incident comes into the group of these labels, which another receiver than those of the route has. */
        public static Change into(
                String route, Grouping grouping, Map<String, String> labels, String receiver, AlertEvent event) {
            var group = AlertGroup.of(route, receiver, labels, grouping);
            return new Change(group.id(), new Created(group), receiver, event, List.of(), false, null);
        }

        /** An incident that is in a group. */
        public static Change of(Membership membership, String receiver, AlertEvent event, List<String> holds) {
            return new Change(membership.group(), null, receiver, event, holds, membership.isHeld(), null);
        }

        /** An incident that is in a group escalates to its receiver: the next message has it as a new one. */
        public static Change escalated(Membership membership, String receiver, AlertEvent event, int step) {
            return new Change(membership.group(), null, receiver, event, List.of(), membership.isHeld(), step);
        }

        /** With a later event of the same incident. */
        public Change then(AlertEvent later, List<String> laterHolds) {
            return new Change(group, created, receiver, later, laterHolds, wasHeld, step);
        }

        /** A reminder alone is nothing to notify. */
        private boolean isNotifiable() {
            return created != null
                    || step != null
                    || event.type() == AlertEvent.Type.RESOLVED
                    || (wasHeld && holds.isEmpty());
        }
    }

    /** A group that may not exist yet. */
    public static final class Created {
        private final AlertGroup group;

        private Created(AlertGroup group) {
            this.group = group;
        }
    }

    private static final String OPEN = """
            select incident_id, receiver, group_id, held_by <> '{}' as held from dispatcher.group_members
            where incident_id = any(:incidents) and not resolved
            """;

    /** The groups that the open incidents of these events are in. */
    public Map<Place, Membership> of(Collection<AlertEvent> events) {
        var groups = new HashMap<Place, Membership>();
        if (!events.isEmpty()) {
            jdbc.sql(OPEN)
                    .param("incidents", texts(events, AlertEvent::incident))
                    .query(row -> {
                        groups.put(
                                new Place(row.getString("incident_id"), row.getString("receiver")),
                                new Membership(row.getString("group_id"), row.getBoolean("held")));
                    });
        }
        return groups;
    }

    // the lock of a group's row is the lock of its members: a message is formed before this change or after it
    private static final String LOCK = """
            select id from dispatcher.groups where id = any(:groups) order by id for update
            """;

    private static final String CREATE = """
            insert into dispatcher.groups as g (id, route, receiver, labels, wait_ms, interval_ms, repeat_ms)
            select id, route, receiver, labels::jsonb, wait_ms, interval_ms, repeat_ms
            from unnest(:ids::text[], :routes::text[], :receivers::text[], :labels::text[], :waits::bigint[],
                        :intervals::bigint[], :repeats::bigint[])
                 as c (id, route, receiver, labels, wait_ms, interval_ms, repeat_ms)
            order by id
            on conflict (id) do update
            set wait_ms = excluded.wait_ms, interval_ms = excluded.interval_ms, repeat_ms = excluded.repeat_ms
            """;

    private static final String STORE = """
            insert into dispatcher.group_members as m
                   (incident_id, receiver, group_id, alert_id, event_id, resolved, held_by, escalation)
            select incident_id, receiver, group_id, alert_id, event_id, resolved, string_to_array(holds, ','), step
            from unnest(:incidents::text[], :receivers::text[], :groups::text[], :alerts::text[], :events::text[],
                        :resolved::boolean[], :holds::text[], :steps::int[])
                 as c (incident_id, receiver, group_id, alert_id, event_id, resolved, holds, step)
            order by incident_id, receiver
            on conflict (incident_id, receiver) do update
            set event_id = excluded.event_id, resolved = m.resolved or excluded.resolved, held_by = excluded.held_by,
                escalation = coalesce(excluded.escalation, m.escalation)
            """;

    private static final String WAKE = """
            update dispatcher.groups
            set next_at = least(next_at, greatest(cast(:now as timestamptz) + wait_ms * interval '1 millisecond',
                                                  case when messaged_at > :now then :now else messaged_at end
                                                  + interval_ms * interval '1 millisecond'))
            where id = any(:groups)
            """;

    /** Stores changes of different places; a message is due after the group's wait, and its interval since the last one. */
    public void store(Collection<Change> changes, Instant now) {
        if (changes.isEmpty()) {
            return;
        }
        jdbc.sql(LOCK).param("groups", groups(changes)).query(String.class).list();
        create(changes.stream()
                .flatMap(change -> Optional.ofNullable(change.created()).stream())
                .map(created -> created.group)
                .distinct()
                .sorted(Comparator.comparing(AlertGroup::id))
                .toList());
        jdbc.sql(STORE)
                .param("incidents", texts(changes, change -> change.event().incident()))
                .param("receivers", texts(changes, Change::receiver))
                .param("groups", texts(changes, Change::group))
                .param("alerts", texts(changes, change -> change.event().alert()))
                .param("events", texts(changes, change -> change.event().id()))
                .param("resolved", flags(changes, change -> change.event().type() == AlertEvent.Type.RESOLVED))
                .param("holds", texts(changes, change -> String.join(",", change.holds())))
                .param("steps", changes.stream().map(Change::step).toArray(Integer[]::new))
                .update();
        jdbc.sql(WAKE)
                .param(
                        "groups",
                        groups(changes.stream().filter(Change::isNotifiable).toList()))
                .param("now", Columns.time(now))
                .update();
    }

    private void create(Collection<AlertGroup> groups) {
        if (!groups.isEmpty()) {
            jdbc.sql(CREATE)
                    .param("ids", texts(groups, AlertGroup::id))
                    .param("routes", texts(groups, AlertGroup::route))
                    .param("receivers", texts(groups, AlertGroup::receiver))
                    .param("labels", texts(groups, group -> json(group.labels())))
                    .param("waits", millis(groups, AlertGroup::delay))
                    .param("intervals", millis(groups, AlertGroup::interval))
                    .param("repeats", millis(groups, AlertGroup::repeat))
                    .update();
        }
    }

    private static String[] groups(Collection<Change> changes) {
        return changes.stream().map(Change::group).distinct().toArray(String[]::new);
    }

    private static String json(Map<String, String> labels) {
        return new String(Json.write(new TreeMap<>(labels)), UTF_8);
    }
}
