package io.growalert.dispatcher.group;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.pause.UnrepeatedIncidents;
import io.growalert.dispatcher.route.RouteTree;
import io.growalert.dispatcher.silence.Silences;
import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.runtime.database.Columns;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Forms the messages of groups that are due. Reading the members, marking them, and storing the message with its delivery is one
 * transaction: a message that is not committed is never sent, and its alerts are in the next one.
 */
public final class GroupFormer {
    private static final Logger LOG = LoggerFactory.getLogger(GroupFormer.class);
    private static final int GROUPS = 500;
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

    private final TransactionOperations transaction;
    private final Silences silences;
    private final GroupTable table;
    private final Supplier<RouteTree> routes;
    private final Hours hours;
    private final UnrepeatedIncidents unrepeated;
    private final InstantSource clock;

    /** The hours of the routes. */
    public interface Hours {
        /** The end of the time in which a receiver is not notified of an event; empty when it is notified at once. */
        Optional<Instant> heldUntil(AlertEvent event, String receiver, Instant now);
    }

    /** @param routes those in use at the moment */
    public GroupFormer(
            JdbcClient jdbc,
            TransactionOperations transaction,
            Silences silences,
            Supplier<RouteTree> routes,
            Hours hours,
            UnrepeatedIncidents unrepeated,
            InstantSource clock) {
        this.transaction = transaction;
        this.silences = silences;
        this.table = new GroupTable(jdbc);
        this.routes = routes;
        this.hours = hours;
        this.unrepeated = unrepeated;
        this.clock = clock;
    }

    /**
     * Forms the messages of up to 500 groups that are due, and returns how many: when there are any, more may be due. A group that cannot
     * be read is postponed, and delays no other. A group that is only repeated stays due until it is known what is repeated: another instance
     * may know it.
     */
    public int formDue() {
        int formed = 0;
        table.setBack(now());
        boolean repeats = unrepeated.areKnown();
        for (var group : table.due(now(), repeats, GROUPS)) {
            try {
                formed += form(group, repeats) ? 1 : 0;
            } catch (RuntimeException e) {
                table.postpone(group, now().plus(AFTER_FAILURE));
                LOG.atError()
                        .setCause(e)
                        .addKeyValue("groupId", group)
                        .log("Forming a group's message failed; retrying in a minute");
            }
        }
        return formed;
    }

    /** Forms one group's message in one transaction; false when none is due. */
    private boolean form(String id, boolean repeats) {
        return transaction.execute(_ -> {
            // no silence begins or ends meanwhile
            silences.lockShared();
            var now = now();
            var locked = table.lock(id, now);
            return locked.isPresent() && form(locked.get(), repeats, now);
        });
    }

    private boolean form(GroupTable.Locked locked, boolean repeats, Instant now) {
        var group = current(locked.group());
        if (table.isBehind(group)) {
            // it stays due, for once the message before is delivered
            return false;
        }
        var members = withUnrepeated(table.members(group.id()), repeats);
        table.remove(group.id(), members.stream().filter(Member::isOver).toList());
        return switch (GroupDecision.decide(group, members, locked.messagedAt(), now)) {
            case GroupDecision.NotDue(var until) -> {
                if (repeats || !GroupDecision.isOnlyRepeated(members)) {
                    table.postpone(group.id(), until);
                }
                yield false;
            }
            case GroupDecision.Due due -> form(locked, group, members, due, repeats, now);
        };
    }

    /** Forms the message of those alerts whose hours it is; the others follow at their start. */
    private boolean form(
            GroupTable.Locked locked,
            AlertGroup group,
            List<Member> members,
            GroupDecision.Due due,
            boolean repeats,
            Instant now) {
        var closed = closedUntil(group, due.hasChanges() ? due.changes() : due.repeated(), now);
        if (closed.isEmpty()) {
            add(group, due, now, due.hasFiring() ? group.repeatedAt(now) : null);
            return true;
        }
        closed.putAll(closedUntil(group, due.repeated(), now));
        var opening = Collections.min(closed.values());
        var open = members.stream()
                .map(member -> closed.containsKey(member.event()) ? member.held() : member)
                .toList();
        return switch (GroupDecision.decide(group, open, locked.messagedAt(), now)) {
            case GroupDecision.NotDue(var until) -> {
                if (repeats || !GroupDecision.isOnlyRepeated(open)) {
                    table.postpone(group.id(), earlier(until, opening));
                }
                yield false;
            }
            case GroupDecision.Due rest -> {
                add(group, rest, now, earlier(group.repeatedAt(now), opening));
                yield true;
            }
        };
    }

    /** The end of the time in which the receiver is not notified of these, by event. */
    private Map<String, Instant> closedUntil(AlertGroup group, Stream<Member> members, Instant now) {
        var closed = new HashMap<String, Instant>();
        table.bodies(members.map(Member::event).toList(), (event, body) -> hours.heldUntil(
                        Json.read(body.getBytes(UTF_8), AlertEvent.class), group.receiver(), now)
                .ifPresent(end -> closed.put(event, end)));
        return closed;
    }

    private static Instant earlier(@Nullable Instant one, Instant other) {
        return one != null && one.isBefore(other) ? one : other;
    }

    /** A route that does not lead here any longer repeats nothing. What escalates has the terms of its firing. */
    private AlertGroup current(AlertGroup group) {
        if (group.labels().containsKey(GroupMembers.ESCALATION)) {
            return group;
        }
        var now = routes.get().grouping(group.route(), group.receiver());
        return group.repeatedBy(now.isPresent() ? now.get().repeat() : null);
    }

    /** @param next when the next message may be due if nothing changes; null: it is not */
    private void add(AlertGroup group, GroupDecision.Due due, Instant now, @Nullable Instant next) {
        var counts = new GroupEvent.Counts(
                due.started().size(), due.stillFiring().size(), due.resolved().size());
        var alerts = MessageAlerts.read(MessageAlerts.chosen(due), table);
        var labels = new HashMap<>(group.labels());
        table.escalation(group.id(), due.started())
                .ifPresent(step -> labels.put(GroupMembers.ESCALATION, Integer.toString(step)));
        long sequence = table.nextSequence();
        var message = new GroupEvent(
                Ids.groupMessage(group.id(), now, sequence),
                GroupEvent.Type.GROUP,
                group.id(),
                group.route(),
                labels,
                counts,
                alerts,
                counts.all() - alerts.size(),
                now);
        table.add(group, message, sequence, due, next);
    }

    /** Only what still fires is repeated. */
    private List<Member> withUnrepeated(List<Member> members, boolean repeats) {
        if (!repeats) {
            return members.stream().map(Member::unrepeated).toList();
        }
        var firing = members.stream()
                .filter(Member::isStillFiring)
                .map(Member::incident)
                .toList();
        if (firing.isEmpty()) {
            return members;
        }
        var known = unrepeated.of(firing);
        return members.stream()
                .map(member -> known.contains(member.incident()) ? member.unrepeated() : member)
                .toList();
    }

    private Instant now() {
        return Columns.now(clock);
    }
}
