package io.growalert.dispatcher.ack;

import io.growalert.dispatcher.route.Branch;
import io.growalert.dispatcher.route.EventLabels;
import io.growalert.dispatcher.route.RouteTree;
import io.growalert.events.AlertEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Further notifications of one incident, by the route of its firing: one step of the escalation, or the repeat of a route without
 * groups.
 *
 * @param route the path of the branch when it fired
 * @param matchers that lead to the branch, wherever it is in the file now
 * @param number of the step, from 1; {@link #REPEAT} for the repeat
 * @param after the time from the first notification
 * @param every the interval in which the receivers are notified again; null for once
 * @param postponedBy the ids of the holds that postpone it, with {@link #HELD_FIRING} for those since the firing, {@link #PAUSED}, or {@link #ACKNOWLEDGED}
 * @param notified how often the receivers were notified
 */
record EscalationStep(
        String incident,
        String route,
        String matchers,
        int number,
        List<String> receivers,
        Duration after,
        @Nullable Duration every,
        Instant dueAt,
        List<String> postponedBy,
        int notified) {
    static final int REPEAT = 0;
    static final String ACKNOWLEDGED = "acknowledged";
    /** The monitor is paused. */
    static final String PAUSED = "paused";

    /** The firing itself was held: the step's time begins when that is released, not when its hold should have ended. */
    static final String HELD_FIRING = "held-firing";
    /** How soon a step that silences postpone is decided again: they may end at any time. */
    private static final Duration RECHECK = Duration.ofSeconds(10);

    private static final String INTERVAL = "interval:";

    EscalationStep {
        receivers = List.copyOf(receivers);
        postponedBy = List.copyOf(postponedBy);
    }

    EscalationStep with(List<String> others) {
        return new EscalationStep(
                incident, route, matchers, number, others, after, every, dueAt, postponedBy, notified);
    }

    /** What becomes of a step that is due. */
    sealed interface Decision {
        /** Decided again at this time. */
        record Postponed(Instant until, List<String> by) implements Decision {}

        /** @param next when the receivers are notified again; null for never */
        record Notified(@Nullable Instant next) implements Decision {}
    }

    /**
     * The steps that a firing begins.
     *
     * @param acceptsGroups whether a receiver of this name may be notified of several alerts in one message
     * @param silenced the ids of the silences that hold it
     */
    static List<EscalationStep> of(
            AlertEvent firing, RouteTree routes, Predicate<String> acceptsGroups, List<String> silenced, Instant now) {
        var steps = new ArrayList<EscalationStep>();
        if (firing.usesRoutes()) {
            var labels = EventLabels.of(firing);
            for (var path : routes.matching(labels)) {
                var branch = path.last();
                var holds = new ArrayList<>(silenced);
                holds.addAll(interval(branch, now));
                if (!holds.isEmpty()) {
                    holds.add(HELD_FIRING);
                }
                var grouping = branch.grouping();
                for (int i = 0; i < grouping.escalations().size(); i++) {
                    var escalation = grouping.escalations().get(i);
                    steps.add(first(
                            firing,
                            path,
                            i + 1,
                            escalation.receivers(),
                            escalation.after(),
                            escalation.repeat(),
                            holds,
                            now));
                }
                var repeat = grouping.repeat();
                var repeated = branch.repeated(labels, firing.cause(), acceptsGroups);
                if (repeat != null && !repeated.isEmpty()) {
                    steps.add(first(firing, path, REPEAT, repeated, repeat, repeat, holds, now));
                }
            }
        }
        return steps;
    }

    /**
     * The repeats of routes that a reminder leads to. They exist since the firing, unless the routes were others then; then a repeat
     * is due, which the reminder stands for.
     */
    static List<EscalationStep> of(
            AlertEvent reminder, RouteTree routes, Predicate<String> acceptsGroups, Instant now) {
        return of(reminder, routes, acceptsGroups, List.of(), now).stream()
                .filter(step -> step.number == REPEAT)
                .map(step -> new EscalationStep(
                        step.incident,
                        step.route,
                        step.matchers,
                        step.number,
                        step.receivers,
                        step.after,
                        step.every,
                        now,
                        List.of(),
                        0))
                .toList();
    }

    private static EscalationStep first(
            AlertEvent firing,
            RouteTree.MatchedPath path,
            int number,
            List<String> receivers,
            Duration after,
            @Nullable Duration every,
            List<String> holds,
            Instant now) {
        var due = now.plus(holds.isEmpty() ? after : RECHECK);
        return new EscalationStep(
                firing.incident(), path.last().path(), path.matchers(), number, receivers, after, every, due, holds, 0);
    }

    /** The hold of the branch's hours; none when it notifies now. */
    static List<String> interval(Branch branch, Instant now) {
        return branch.hours().heldUntil(now).map(end -> INTERVAL + end).stream().toList();
    }

    /** The end of a hold of the branch's hours; null for other holds. */
    static @Nullable Instant intervalEnd(String hold) {
        return hold.startsWith(INTERVAL) ? Instant.parse(hold.substring(INTERVAL.length())) : null;
    }

    /**
     * Decides on a step that is due. What was postponed before its first notification waits for its whole time again, from the end
     * of what postponed it; the rest follows at once.
     *
     * @param holds what postpones it now
     * @param acknowledgedUntil the end of the acknowledgement in force; null when there is none, {@link Instant#MAX} for the
     *     incident's end
     * @param postponedUntil the end of what postponed it so far
     */
    Decision decide(List<String> holds, @Nullable Instant acknowledgedUntil, Instant postponedUntil, Instant now) {
        if (acknowledgedUntil != null) {
            return new Decision.Postponed(acknowledgedUntil, List.of(ACKNOWLEDGED));
        }
        if (!holds.isEmpty()) {
            return new Decision.Postponed(now.plus(RECHECK), withHeldFiring(holds));
        }
        if (!postponedBy.isEmpty()) {
            var restart = postponedUntil.plus(afterPostponement());
            if (restart.isAfter(now)) {
                return new Decision.Postponed(restart, List.of());
            }
        }
        return new Decision.Notified(every == null ? null : next(every, now));
    }

    private List<String> withHeldFiring(List<String> holds) {
        if (!postponedBy.contains(HELD_FIRING)) {
            return holds;
        }
        var all = new ArrayList<>(holds);
        all.add(HELD_FIRING);
        return all;
    }

    /**
     * When a hold of this step ended.
     *
     * @param due when the hold should have ended
     * @param applied when an instance ended it; null when that is not known
     */
    Instant ended(Instant due, @Nullable Instant applied, Instant now) {
        if (!postponedBy.contains(HELD_FIRING)) {
            return due;
        }
        if (applied != null) {
            return applied;
        }
        return due.plus(RECHECK).plus(RECHECK).isBefore(now) ? now : due;
    }

    /** A repeat that was acknowledged says that the incident still fires; other steps begin anew. */
    private Duration afterPostponement() {
        boolean isReminder = number == REPEAT && postponedBy.equals(List.of(ACKNOWLEDGED));
        return notified > 0 || isReminder ? Duration.ZERO : after;
    }

    /** On the schedule, without catching up on what was missed. */
    private Instant next(Duration interval, Instant now) {
        var scheduled = dueAt.plus(interval);
        return scheduled.isAfter(now) ? scheduled : now.plus(interval);
    }
}
