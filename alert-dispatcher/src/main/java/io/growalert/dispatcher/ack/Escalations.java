package io.growalert.dispatcher.ack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.ack.EscalationStep.Decision;
import io.growalert.dispatcher.ack.EscalationSteps.Candidates;
import io.growalert.dispatcher.ack.EscalationSteps.Decided;
import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.dispatcher.pause.Pausing;
import io.growalert.dispatcher.route.RouteTree;
import io.growalert.dispatcher.silence.InForce;
import io.growalert.dispatcher.silence.Silences;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import io.growalert.events.NotificationEvent;
import io.growalert.runtime.database.Columns;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Escalations and repeats: rows that a firing begins in the transaction that stores it, and that any instance turns into
 * deliveries when they are due, unless the incident is resolved, acknowledged or silenced, or its monitor paused.
 */
public final class Escalations {
    private static final Logger LOG = LoggerFactory.getLogger(Escalations.class);
    private static final int BATCH = 500;
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

    private final TransactionOperations transaction;
    private final Silences silences;
    private final Supplier<RouteTree> routes;
    private final Predicate<String> acceptsGroups;
    private final Pausing pausing;
    private final InstantSource clock;
    private final EscalationSteps steps;
    private final EscalationDeliveries deliveries;
    private final EscalatedGroups groups;
    private final AcknowledgedIncidents acknowledged;
    private final QueuedReminders reminders;
    private final NotificationLog log;

    /**
     * @param routes those in use at the moment
     * @param acceptsGroups whether a receiver of this name may be notified of several alerts in one message
     * @param pausing which monitors are paused: the steps of their incidents wait
     */
    public Escalations(
            JdbcClient jdbc,
            TransactionOperations transaction,
            Silences silences,
            Supplier<RouteTree> routes,
            Predicate<String> acceptsGroups,
            Pausing pausing,
            InstantSource clock) {
        this.transaction = transaction;
        this.silences = silences;
        this.routes = routes;
        this.acceptsGroups = acceptsGroups;
        this.pausing = pausing;
        this.clock = clock;
        this.steps = new EscalationSteps(jdbc);
        this.deliveries = new EscalationDeliveries(jdbc);
        this.groups = new EscalatedGroups(jdbc, routes, acceptsGroups);
        this.acknowledged = new AcknowledgedIncidents(jdbc, clock);
        this.reminders = new QueuedReminders(jdbc, clock);
        this.log = new NotificationLog(jdbc);
    }

    // ---- arriving events: within the caller's transaction

    /**
     * Cancels the escalations of the incidents that these events end. When it returns, no instance adds deliveries of them any
     * longer, and the transaction's next statement sees those that were added.
     */
    public void cancel(Collection<AlertEvent> fresh) {
        steps.cancel(resolved(fresh));
    }

    /** Begins the escalations of the firings among these events, and the repeats that stand for their reminders. */
    public void begin(Collection<AlertEvent> fresh, InForce inForce, RouteTree tree) {
        var ended = resolved(fresh);
        var now = now();
        steps.add(fresh.stream()
                .filter(event -> !ended.contains(event.incident()))
                .flatMap(event -> switch (event.type()) {
                    case FIRING -> EscalationStep.of(event, tree, acceptsGroups, inForce.holds(event), now).stream();
                    case REMINDER -> EscalationStep.of(event, tree, acceptsGroups, now).stream();
                    case RESOLVED -> Stream.empty();
                })
                .toList());
    }

    private static Set<String> resolved(Collection<AlertEvent> events) {
        return events.stream()
                .filter(event -> event.type() == AlertEvent.Type.RESOLVED)
                .map(AlertEvent::incident)
                .collect(Collectors.toSet());
    }

    // ---- housekeeping

    /**
     * Ends the acknowledgements whose time is over, adds the deliveries of the steps that are due, and returns how many.
     *
     * @param storedUntil the alert events before this instant are stored; a step that is due later may be over, and waits
     */
    public int tick(Instant storedUntil) {
        transaction.executeWithoutResult(_ ->
                log.addIncidents(NotificationEvent.Type.INCIDENT_ACKNOWLEDGEMENT_ENDED, acknowledged.endDue(), null));
        int added = 0;
        // no notification is repeated until it is known which monitors are paused
        var candidates = pausing.isReady() ? Candidates.ALL : Candidates.FIRST_NOTIFICATIONS;
        while (steps.isDue(earlier(now(), storedUntil), candidates)) {
            var batch = decideBatch(storedUntil, candidates);
            added += batch.added();
            if (batch.decided() < BATCH) {
                break;
            }
        }
        return added;
    }

    /** Drops what was in flight when its incident was acknowledged, where nothing else did. */
    public void dropAcknowledged() {
        transaction.executeWithoutResult(_ -> reminders.dropMissed(now()));
    }

    private record Batch(int decided, int added) {}

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private Batch decideBatch(Instant storedUntil, Candidates candidates) {
        try {
            return transaction.execute(_ -> decide(now -> steps.lockDue(earlier(now, storedUntil), candidates, BATCH)));
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("Deciding on escalations failed; deciding one by one");
            return decideEach(storedUntil, candidates);
        }
    }

    /** A step that cannot be decided is postponed, and delays no other. */
    private Batch decideEach(Instant storedUntil, Candidates candidates) {
        var due = steps.due(earlier(now(), storedUntil), candidates, BATCH);
        int added = 0;
        for (var step : due) {
            try {
                added += transaction
                        .execute(_ -> decide(now -> steps.lockDue(step, now)))
                        .added();
            } catch (RuntimeException e) {
                steps.postpone(step, now().plus(AFTER_FAILURE));
                LOG.atError()
                        .setCause(e)
                        .addKeyValue("incidentId", step.incident())
                        .addKeyValue("step", step.number())
                        .log("Deciding on an escalation failed; retrying in a minute");
            }
        }
        return new Batch(due.size(), added);
    }

    private Batch decide(Function<Instant, List<EscalationStep>> lock) {
        silences.lockShared();
        var now = now();
        var due = lock.apply(now);
        if (due.isEmpty()) {
            return new Batch(0, 0);
        }
        // separate statements, so that they see what was committed before the locks
        var incidents = due.stream().map(EscalationStep::incident).distinct().toList();
        var latest = deliveries.latest(incidents);
        var inForce = silences.inForce();
        var untils = acknowledged.untils(incidents);
        var ends = ends(due, acknowledged.ends(incidents), now);
        var decided = new ArrayList<Decided>();
        var notifying = new ArrayList<EscalationStep>();
        for (var step : due) {
            var found = latest.get(step.incident());
            if (found == null) {
                decided.add(new Decided(step, null, List.of(), null));
                continue;
            }
            var end = ends.getOrDefault(key(step), now);
            switch (step.decide(holds(step, found, inForce, now), untils.get(step.incident()), end, now)) {
                case Decision.Postponed(var until, var by) -> decided.add(new Decided(step, until, by, null));
                case Decision.Notified(var next) -> {
                    decided.add(new Decided(step, next, List.of(), now));
                    notifying.add(step);
                }
            }
        }
        steps.record(decided);
        var joined = groups.join(notifying, latest, now);
        var added = deliveries.add(joined.rest(), latest);
        Stream.concat(joined.added().stream(), added.stream())
                .filter(delivery -> delivery.step() != EscalationStep.REPEAT)
                .forEach(delivery -> log.addEscalation(delivery.incident(), delivery.receiver(), delivery.step()));
        if (!added.isEmpty() || !joined.added().isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("deliveries", added.size())
                    .addKeyValue("groupMembers", joined.added().size())
                    .log("Escalations and repeats queued");
        }
        return new Batch(due.size(), added.size());
    }

    private List<String> holds(EscalationStep step, EscalationDeliveries.Latest latest, InForce inForce, Instant now) {
        var event = Json.read(latest.body().getBytes(UTF_8), AlertEvent.class);
        var holds = new ArrayList<>(inForce.holds(event));
        if (pausing.isPaused(event.monitor())) {
            holds.add(EscalationStep.PAUSED);
        }
        routes.get()
                .find(step.matchers(), step.route())
                .ifPresent(branch -> holds.addAll(EscalationStep.interval(branch, now)));
        return holds;
    }

    private record Key(String incident, String route, int number) {}

    private static Key key(EscalationStep step) {
        return new Key(step.incident(), step.route(), step.number());
    }

    /**
     * When the last of what postponed each step ended; a step that is not postponed has none. What would end later does not hold
     * the step any longer: it was changed meanwhile, or the alert was.
     */
    private Map<Key, Instant> ends(List<EscalationStep> due, Map<String, Instant> acknowledgements, Instant now) {
        var silenceEnds = steps.ends(
                due.stream().flatMap(step -> step.postponedBy().stream()).collect(Collectors.toSet()));
        var ends = new HashMap<Key, Instant>();
        for (var step : due) {
            for (var hold : step.postponedBy()) {
                var interval = EscalationStep.intervalEnd(hold);
                var silence = silenceEnds.get(hold);
                var end = hold.equals(EscalationStep.ACKNOWLEDGED)
                        ? acknowledgements.get(step.incident())
                        : interval != null
                                ? step.ended(interval, null, now)
                                : silence == null ? null : step.ended(silence.due(), silence.applied(), now);
                if (end != null) {
                    ends.merge(
                            key(step), end.isAfter(now) ? now : end, (one, other) -> one.isAfter(other) ? one : other);
                }
            }
        }
        return ends;
    }

    private Instant now() {
        return Columns.now(clock);
    }
}
