package io.growalert.dispatcher.notify;

import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.transaction.support.TransactionOperations;

/** From alert events to deliveries: route, mute, group, deliver. */
public final class Pipeline {
    private final TransactionOperations transaction;
    private final Journal journal;
    private final Mutes mutes;
    private final Deliveries deliveries;
    private final InstantSource clock;

    public Pipeline(
            TransactionOperations transaction,
            Journal journal,
            Mutes mutes,
            Deliveries deliveries,
            InstantSource clock) {
        this.transaction = transaction;
        this.journal = journal;
        this.mutes = mutes;
        this.deliveries = deliveries;
        this.clock = clock;
    }

    /** Keeps those events that are new, with a delivery for each of their receivers, and says how many are new. */
    int accept(List<Arrival> arrivals) {
        return transaction.execute(status -> {
            var muted = mutes.holding(monitors(arrivals), clock.instant());
            var fresh = journal.add(arrivals);
            var unknown = startedInside(fresh, muted);
            var over = new HashSet<String>();
            var planned = new ArrayList<Planned>();
            for (var recorded : fresh) {
                var event = recorded.event();
                var receivers = Route.receivers(event);
                var decision = Mute.decide(event, muted.contains(event.monitor()), unknown.contains(event.incident()));
                note(event, decision, unknown, over);
                var group = Group.of(event);
                receivers.forEach(receiver -> planned.add(new Planned(recorded, group, receiver, decision)));
            }
            deliveries.add(planned);
            deliveries.dropHeld(over);
            return fresh.size();
        });
    }

    /** One event for one receiver: stage 4 begins with its row. */
    record Planned(Journal.Recorded recorded, String group, String receiver, Mute.Decision decision) {
        String id() {
            return Ids.delivery(recorded.event().id(), receiver);
        }
    }

    private Set<String> startedInside(List<Journal.Recorded> fresh, Set<String> muted) {
        var ending = fresh.stream()
                .map(Journal.Recorded::event)
                .filter(event -> event.type() == AlertEvent.Type.RESOLVED && muted.contains(event.monitor()))
                .map(AlertEvent::incident)
                .toList();
        return ending.isEmpty() ? new HashSet<>() : deliveries.onHold(ending);
    }

    /** An incident that fires inside is not known to anybody; one that ends unknown is over. */
    private static void note(AlertEvent event, Mute.Decision decision, Set<String> unknown, Set<String> over) {
        if (event.type() == AlertEvent.Type.FIRING && decision == Mute.Decision.HOLD) {
            unknown.add(event.incident());
        }
        if (event.type() == AlertEvent.Type.RESOLVED && decision == Mute.Decision.DROP) {
            over.add(event.incident());
        }
    }

    private static Set<String> monitors(List<Arrival> arrivals) {
        return arrivals.stream().map(arrival -> arrival.event().monitor()).collect(Collectors.toSet());
    }
}
