package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.route.RouteTree;
import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Stages 1 to 3, from alert events to deliveries: {@link Route} chooses the receivers, {@link Mute} holds or drops while the
 * monitor is muted, {@link Group} says what is delivered in order. {@link Deliveries} stores the result for stage 4.
 */
public final class Pipeline {
    private final TransactionOperations transaction;
    private final Consumed consumed;
    private final EventStore events;
    private final Shares shares;
    private final Mutes mutes;
    private final Deliveries deliveries;
    private final Supplier<RouteTree> routes;
    private final InstantSource clock;

    /** @param routes those in use at the moment */
    public Pipeline(
            JdbcClient jdbc,
            TransactionOperations transaction,
            Mutes mutes,
            Deliveries deliveries,
            Supplier<RouteTree> routes,
            InstantSource clock) {
        this.transaction = transaction;
        this.consumed = new Consumed(jdbc);
        this.events = new EventStore(jdbc);
        this.shares = new Shares(jdbc);
        this.mutes = mutes;
        this.deliveries = deliveries;
        this.routes = routes;
        this.clock = clock;
    }

    /** Stores the events that are new, with one delivery for each of their receivers, and returns how many are new. */
    int accept(List<Arrival> arrivals) {
        return transaction.execute(status -> {
            var muted = mutes.holding(monitors(arrivals), clock.instant());
            var fresh = events.add(consumed.advance(arrivals));
            var plan = new Plan(fresh, muted);
            deliveries.add(plan.planned);
            shares.dropHeld(plan.over);
            deliveries.supersede(plan.outdating);
            return fresh.size();
        });
    }

    /** One event for one receiver: stage 4 begins with its row. */
    record Planned(EventStore.Recorded recorded, String group, String receiver, Mute.Decision decision) {
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
        private final RouteTree tree = routes.get();

        Plan(List<EventStore.Recorded> fresh, Set<String> muted) {
            var endings = fresh.stream()
                    .map(EventStore.Recorded::event)
                    .filter(event -> event.type() == AlertEvent.Type.RESOLVED)
                    .toList();
            shares.notified(endings).forEach(this::note);
            unaware = shares.onHold(endings.stream()
                    .filter(event -> muted.contains(event.monitor()))
                    .toList());
            fresh.forEach(
                    recorded -> plan(recorded, muted.contains(recorded.event().monitor())));
        }

        private void plan(EventStore.Recorded recorded, boolean muted) {
            var event = recorded.event();
            var former = notified.getOrDefault(event.incident(), Set.of());
            for (var receiver : Route.receivers(event, tree, former)) {
                var share = new Shares.Share(event.incident(), receiver);
                var decision = Mute.decide(event, muted, unaware.contains(share));
                planned.add(new Planned(recorded, Group.of(event), receiver, decision));
                if (decision != Mute.Decision.DROP) {
                    note(share);
                }
                if (event.type() == AlertEvent.Type.FIRING && decision == Mute.Decision.HOLD) {
                    unaware.add(share);
                }
                if (event.type() == AlertEvent.Type.RESOLVED && decision == Mute.Decision.DROP) {
                    over.add(share);
                }
                if (event.type() != AlertEvent.Type.FIRING && decision != Mute.Decision.DROP) {
                    outdating.add(event.alert());
                }
            }
        }

        private void note(Shares.Share share) {
            notified.computeIfAbsent(share.incident(), _ -> new LinkedHashSet<>())
                    .add(share.receiver());
        }
    }

    private static Set<String> monitors(Collection<Arrival> arrivals) {
        return arrivals.stream().map(arrival -> arrival.event().monitor()).collect(Collectors.toSet());
    }
}
