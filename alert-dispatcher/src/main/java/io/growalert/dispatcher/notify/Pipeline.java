package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.ack.AcknowledgedIncidents;
import io.growalert.dispatcher.ack.Escalations;
import io.growalert.dispatcher.group.GroupMembers;
import io.growalert.dispatcher.route.RouteTree;
import io.growalert.dispatcher.silence.InForce;
import io.growalert.dispatcher.silence.Silences;
import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Stages 1 to 3, from alert events to deliveries: {@link Route} chooses the receivers, {@link Hold} holds or drops by the
 * silences in force and the routes' intervals, {@link Group} says what shares a message and what is delivered in order. {@link PlannedDeliveries}
 * stores the result for stage 4, {@link GroupMembers} what a group's next message is about.
 */
public final class Pipeline {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

    private final TransactionOperations transaction;
    private final Consumed consumed;
    private final EventStore store;
    private final Shares shares;
    private final Silences silences;
    private final IntervalHolds intervals;
    private final AcknowledgedIncidents acknowledgements;
    private final Escalations escalations;
    private final PlannedDeliveries deliveries;
    private final OutdatedReminders reminders;
    private final GroupMembers members;
    private final Supplier<RouteTree> routes;
    private final Predicate<String> acceptsGroups;
    private final InstantSource clock;

    /**
     * @param routes those in use at the moment
     * @param acceptsGroups whether a receiver of this name may be notified of several alerts in one message
     */
    public Pipeline(
            JdbcClient jdbc,
            TransactionOperations transaction,
            Silences silences,
            Escalations escalations,
            Supplier<RouteTree> routes,
            Predicate<String> acceptsGroups,
            InstantSource clock) {
        this.transaction = transaction;
        this.consumed = new Consumed(jdbc);
        this.store = new EventStore(jdbc);
        this.shares = new Shares(jdbc);
        this.silences = silences;
        this.intervals = new IntervalHolds(jdbc, transaction, clock);
        this.acknowledgements = new AcknowledgedIncidents(jdbc, clock);
        this.escalations = escalations;
        this.deliveries = new PlannedDeliveries(jdbc);
        this.reminders = new OutdatedReminders(jdbc);
        this.members = new GroupMembers(jdbc);
        this.routes = routes;
        this.acceptsGroups = acceptsGroups;
        this.clock = clock;
    }

    /**
     * Stores the events that are new, and returns how many. Each has one delivery for each of its receivers or, where a route
     * groups, changes the members of groups.
     */
    int accept(List<Arrival> arrivals) {
        return transaction.execute(status -> {
            boolean mayInhibit =
                    silences.lock(arrivals.stream().map(Arrival::event).toList());
            var fresh = store.add(consumed.advance(arrivals));
            var events = fresh.stream().map(EventStore.Recorded::event).toList();
            if (mayInhibit) {
                silences.inhibit(events);
            }
            // before the plan reads who was notified
            escalations.cancel(events);
            var plan = new Plan(fresh, silences.inForce());
            members.store(plan.grouped.values(), plan.now);
            deliveries.add(plan.planned);
            escalations.begin(events, plan.silences, plan.tree);
            shares.dropHeld(plan.over);
            reminders.supersede(plan.outdating);
            return fresh.size();
        });
    }

    /**
     * One event for one receiver: stage 4 begins with its row.
     *
     * @param holds the ids of the holds on it
     * @param isAcknowledged the incident is acknowledged, so that this reminder is dropped
     */
    record Planned(
            EventStore.Recorded recorded,
            String group,
            String receiver,
            Hold.Decision decision,
            List<String> holds,
            boolean isAcknowledged) {
        String id() {
            return Ids.delivery(recorded.event().id(), receiver);
        }
    }

    /** The deliveries of new events, in their order. */
    private final class Plan {
        private final List<Planned> planned = new ArrayList<>();
        /** Receivers whose notification of an incident's firing is still on hold. */
        private final Set<Shares.Share> unaware;
        /** Receivers whose incident ended while its firing was on hold. */
        private final Set<Shares.Share> over = new HashSet<>();
        /** Alerts whose earlier reminders are outdated. */
        private final Set<String> outdating = new HashSet<>();

        private final Map<String, Set<String>> notified = new HashMap<>();
        private final Map<GroupMembers.Place, GroupMembers.Membership> memberships;
        private final Map<GroupMembers.Place, GroupMembers.Change> grouped = new LinkedHashMap<>();
        private final RouteTree tree = routes.get();
        private final Instant now = clock.instant();
        private final InForce silences;
        /** Incidents of which no receiver is reminded. */
        private final Set<String> acknowledged;

        Plan(List<EventStore.Recorded> fresh, InForce silences) {
            this.silences = silences;
            var later = fresh.stream()
                    .map(EventStore.Recorded::event)
                    .filter(event -> event.type() != AlertEvent.Type.FIRING)
                    .toList();
            var known = shares.of(later, overdue(later, silences));
            known.notified().forEach(this::note);
            unaware = known.onHold();
            acknowledged = acknowledgements.acknowledged(later.stream()
                    .filter(event -> event.type() == AlertEvent.Type.REMINDER)
                    .map(AlertEvent::incident)
                    .toList());
            memberships = members.of(later);
            fresh.forEach(recorded -> plan(recorded, silences.holds(recorded.event())));
        }

        private List<String> overdue(List<AlertEvent> later, InForce silences) {
            var overdue = new ArrayList<>(silences.overdue());
            if (!later.isEmpty()) {
                overdue.addAll(intervals.overdue());
            }
            return overdue;
        }

        private void plan(EventStore.Recorded recorded, List<String> silenced) {
            var event = recorded.event();
            var former = notified.getOrDefault(event.incident(), Set.of());
            var receivers = Route.receivers(event, tree, former, acceptsGroups);
            if (receivers.isEmpty() && tree.isEmpty() && event.type() == AlertEvent.Type.FIRING) {
                LOG.atWarn()
                        .addKeyValue("monitorId", event.monitor())
                        .addKeyValue("alertId", event.alert())
                        .log("Alert has no receiver; its monitor names none and there are no routes");
            }
            for (var receiver : receivers) {
                var share = new Shares.Share(event.incident(), receiver);
                if (isGrouped(event, receiver, former, silenced)) {
                    note(share);
                    continue;
                }
                var holds = new ArrayList<>(silenced);
                Route.heldUntil(event, tree, receiver, now)
                        .map(IntervalHolds::id)
                        .ifPresent(holds::add);
                boolean isAcknowledged =
                        event.type() == AlertEvent.Type.REMINDER && acknowledged.contains(event.incident());
                var decision = isAcknowledged
                        ? Hold.Decision.DROP
                        : Hold.decide(event.type(), !holds.isEmpty(), unaware.contains(share));
                planned.add(new Planned(recorded, Group.orderKey(event), receiver, decision, holds, isAcknowledged));
                if (decision != Hold.Decision.DROP) {
                    note(share);
                }
                if (event.type() == AlertEvent.Type.FIRING && decision == Hold.Decision.HOLD) {
                    unaware.add(share);
                }
                if (event.type() == AlertEvent.Type.RESOLVED && decision == Hold.Decision.DROP) {
                    over.add(share);
                }
                if (event.type() != AlertEvent.Type.FIRING && decision != Hold.Decision.DROP) {
                    outdating.add(event.alert());
                }
            }
        }

        /** An incident that is in a group stays there, and one that has its own messages keeps them. */
        private boolean isGrouped(AlertEvent event, String receiver, Collection<String> former, List<String> silenced) {
            var place = new GroupMembers.Place(event.incident(), receiver);
            var earlier = grouped.get(place);
            if (earlier != null) {
                grouped.put(place, earlier.then(event, silenced));
                return true;
            }
            var membership = memberships.get(place);
            if (membership != null) {
                grouped.put(place, GroupMembers.Change.of(membership, receiver, event, silenced));
                return true;
            }
            if (former.contains(receiver)
                    || event.type() == AlertEvent.Type.RESOLVED
                    || !acceptsGroups.test(receiver)) {
                return false;
            }
            Group.labels(event, receiver, tree)
                    .ifPresent(group -> grouped.put(
                            place, GroupMembers.Change.into(group.path(), group.labels(), receiver, event, silenced)));
            return grouped.containsKey(place);
        }

        private void note(Shares.Share share) {
            notified.computeIfAbsent(share.incident(), _ -> new LinkedHashSet<>())
                    .add(share.receiver());
        }
    }
}
