package io.growalert.evaluation.alert;

import io.growalert.events.AlertEvent;
import io.growalert.events.AlertPolicy;
import io.growalert.events.OnMissing;
import io.growalert.events.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of one alert and its transitions. Everything is decided in slot time and from the arguments only, so that a replay of
 * the same results makes the same decisions. An unchanged state is equal to the previous one: then there is nothing to write.
 */
public sealed interface AlertState {
    Calm WELL = new Calm(null);

    /** After a changed definition: an open incident stays, counters start again. */
    AlertState reset();

    /** After a clock that ran ahead was corrected: an open incident stays, counters and reminders start again at this instant. */
    AlertState restarted(Instant at);

    /** The event that ends an open incident for this reason, whatever the results say; empty when none is open. */
    Optional<Transition> ended(Instant at, String reason);

    /** A state that results change. */
    sealed interface Judged extends AlertState {
        default Decision observe(Observation seen, AlertPolicy policy) {
            return seen.failed() ? failed(seen, policy) : passed(seen, policy);
        }

        Decision failed(Observation seen, AlertPolicy policy);

        Decision passed(Observation seen, AlertPolicy policy);

        /** A complete run lacks the series. It neither passed nor failed; a count of failures continues after it. */
        Decision absent(Instant slot, AlertPolicy policy, OnMissing noData);

        @Override
        Judged reset();

        @Override
        Judged restarted(Instant at);
    }

    /** The series is well, but may be absent. */
    record Calm(@Nullable Absence absence) implements Judged {
        @Override
        public Decision failed(Observation seen, AlertPolicy policy) {
            return new Failing(1, seen.slot(), null).judged(seen, policy);
        }

        @Override
        public Decision passed(Observation seen, AlertPolicy policy) {
            return Decision.quietly(WELL);
        }

        @Override
        public Decision absent(Instant slot, AlertPolicy policy, OnMissing noData) {
            var now = Absence.next(absence, slot, policy);
            return now.isOver(slot, policy) ? new Decision(null, null) : away(now, new Calm(now), slot, policy, noData);
        }

        @Override
        public Calm reset() {
            return WELL;
        }

        @Override
        public Calm restarted(Instant at) {
            return WELL;
        }

        @Override
        public Optional<Transition> ended(Instant at, String reason) {
            return Optional.empty();
        }
    }

    /**
     * Failed, but not long enough to fire.
     *
     * @param count failed results without a passed one in between
     * @param since the slot of the first of them
     */
    record Failing(int count, Instant since, @Nullable Absence absence) implements Judged {
        @Override
        public Decision failed(Observation seen, AlertPolicy policy) {
            return new Failing(Math.min(count + 1, policy.after()), since, null).judged(seen, policy);
        }

        private Decision judged(Observation seen, AlertPolicy policy) {
            var needed = policy.failingFor();
            boolean fires = needed == null
                    ? count >= policy.after()
                    : Duration.between(since, seen.slot()).compareTo(needed) >= 0;
            return fires
                    ? Firing.fired(seen.slot(), seen.status(), seen.value(), Reasons.failed(policy, seen.why()), null)
                    : Decision.quietly(this);
        }

        @Override
        public Decision passed(Observation seen, AlertPolicy policy) {
            return Decision.quietly(WELL);
        }

        @Override
        public Decision absent(Instant slot, AlertPolicy policy, OnMissing noData) {
            var now = Absence.next(absence, slot, policy);
            return now.isOver(slot, policy)
                    ? new Decision(null, null)
                    : away(now, new Failing(count, since, now), slot, policy, noData);
        }

        @Override
        public Calm reset() {
            return WELL;
        }

        @Override
        public Calm restarted(Instant at) {
            return WELL;
        }

        @Override
        public Optional<Transition> ended(Instant at, String reason) {
            return Optional.empty();
        }
    }

    /**
     * An incident is open.
     *
     * @param since the slot of its firing
     * @param notified the slot of the last event, firing or reminder
     * @param status why it is open: {@code FAILED} or {@code NO_DATA}
     * @param passes passed results in a row
     * @param generation of the clock of {@code since}; null for the first
     */
    record Firing(
            Instant since,
            Instant notified,
            Status status,
            int passes,
            @Nullable Absence absence,
            @Nullable Instant generation)
            implements Judged {
        static Decision fired(
                Instant slot, Status status, @Nullable Double value, String reason, @Nullable Absence absence) {
            return new Decision(
                    new Firing(slot, slot, status, 0, absence, null),
                    new Transition(AlertEvent.Type.FIRING, slot, slot, null, status, value, reason));
        }

        Firing in(@Nullable Instant otherGeneration) {
            return new Firing(since, notified, status, passes, absence, otherGeneration);
        }

        @Override
        public Decision failed(Observation seen, AlertPolicy policy) {
            return new Firing(since, notified, seen.status(), 0, null, generation)
                    .reminding(seen.slot(), policy, seen.status(), seen.value(), Reasons.failed(seen.why()));
        }

        @Override
        public Decision passed(Observation seen, AlertPolicy policy) {
            if (passes + 1 >= policy.resolveAfter()) {
                return new Decision(
                        WELL, resolved(seen.slot(), seen.status(), seen.value(), Reasons.passed(policy, seen)));
            }
            return new Firing(since, notified, status, passes + 1, null, generation)
                    .reminding(seen.slot(), policy, seen.status(), seen.value(), Reasons.passing(policy, passes + 1));
        }

        @Override
        public Decision absent(Instant slot, AlertPolicy policy, OnMissing noData) {
            var now = Absence.next(absence, slot, policy);
            if (now.isOver(slot, policy)) {
                return new Decision(null, resolved(slot, Status.NO_DATA, null, Reasons.forgotten(policy)));
            }
            boolean fails = noData == OnMissing.FAIL;
            boolean isNoData = fails && now.isNoData(slot, policy);
            return new Firing(since, notified, isNoData ? Status.NO_DATA : status, fails ? 0 : passes, now, generation)
                    .reminding(slot, policy, Status.NO_DATA, null, "no data");
        }

        private Decision reminding(Instant slot, AlertPolicy policy, Status seen, @Nullable Double value, String what) {
            var repeat = policy.repeat();
            if (repeat == null || Duration.between(notified, slot).compareTo(repeat) < 0) {
                return Decision.quietly(this);
            }
            var reason = Reasons.still(since, slot, what);
            return new Decision(
                    new Firing(since, slot, status, passes, absence, generation),
                    new Transition(AlertEvent.Type.REMINDER, slot, since, generation, seen, value, reason));
        }

        private Transition resolved(Instant slot, Status seen, @Nullable Double value, String reason) {
            return new Transition(AlertEvent.Type.RESOLVED, slot, since, generation, seen, value, reason);
        }

        /** Without results, reminders go by the wall clock. */
        Optional<Firing> remindedBy(Instant now, @Nullable Duration repeat) {
            return lastDue(notified, now, repeat)
                    .map(due -> new Firing(since, due, status, passes, absence, generation));
        }

        Transition reminder(Duration patience) {
            var reason = Reasons.still(since, notified, Reasons.silent(patience));
            return new Transition(AlertEvent.Type.REMINDER, notified, since, generation, Status.NO_DATA, null, reason);
        }

        @Override
        public Firing reset() {
            return new Firing(since, notified, status, 0, null, generation);
        }

        @Override
        public Firing restarted(Instant at) {
            return new Firing(since, at, status, 0, null, generation);
        }

        @Override
        public Optional<Transition> ended(Instant at, String reason) {
            return Optional.of(resolved(latest(at, notified), status, null, reason));
        }
    }

    /** The monitor sends no results; a state of its own alert only, by the wall clock. */
    record Silent(Instant since, Instant notified, @Nullable Instant generation) implements AlertState {
        static Silent from(Instant deadline, @Nullable Instant generation) {
            return new Silent(deadline, deadline, generation);
        }

        Transition fired(Duration patience) {
            return transition(AlertEvent.Type.FIRING, since, Status.NO_DATA, Reasons.silent(patience));
        }

        /** Results arrive again, whatever their status, which is judged separately. */
        Transition heard(Instant slot) {
            return transition(AlertEvent.Type.RESOLVED, latest(slot, notified), Status.PASSED, Reasons.HEARD_AGAIN);
        }

        /** Notified at the last time up to now at which a reminder was due; empty when none is due. */
        Optional<Silent> remindedBy(Instant now, @Nullable Duration repeat) {
            return lastDue(notified, now, repeat).map(due -> new Silent(since, due, generation));
        }

        Transition reminder(Duration patience) {
            var reason = Reasons.still(since, notified, Reasons.silent(patience));
            return transition(AlertEvent.Type.REMINDER, notified, Status.NO_DATA, reason);
        }

        @Override
        public Silent reset() {
            return this;
        }

        @Override
        public Silent restarted(Instant at) {
            return new Silent(since, at, generation);
        }

        @Override
        public Optional<Transition> ended(Instant at, String reason) {
            return Optional.of(transition(AlertEvent.Type.RESOLVED, latest(at, notified), Status.NO_DATA, reason));
        }

        private Transition transition(AlertEvent.Type type, Instant slot, Status status, String reason) {
            return new Transition(type, slot, since, generation, status, null, reason);
        }
    }

    /** The last instant up to now that is a multiple of {@code repeat} after {@code notified}. */
    private static Optional<Instant> lastDue(Instant notified, Instant now, @Nullable Duration repeat) {
        if (repeat == null || Duration.between(notified, now).compareTo(repeat) < 0) {
            return Optional.empty();
        }
        return Optional.of(notified.plus(
                repeat.multipliedBy(Duration.between(notified, now).dividedBy(repeat))));
    }

    private static Decision away(Absence now, Judged otherwise, Instant slot, AlertPolicy policy, OnMissing noData) {
        return noData == OnMissing.FAIL && now.isNoData(slot, policy)
                ? Firing.fired(slot, Status.NO_DATA, null, Reasons.noData(policy), now)
                : Decision.quietly(otherwise);
    }

    static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
