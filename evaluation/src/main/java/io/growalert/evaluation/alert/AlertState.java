package io.growalert.evaluation.alert;

import io.growalert.events.AlertEvent;
import io.growalert.events.AlertPolicy;
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
            if (seen.failed()) {
                return failed(seen, policy);
            }
            return seen.held() == null ? passed(seen, policy) : held(seen, seen.held(), policy);
        }

        Decision failed(Observation seen, AlertPolicy policy);

        Decision passed(Observation seen, AlertPolicy policy);

        /** Not failed, but not beyond {@code resolve} either: what failed stays as it is, its counts of failures too. */
        Decision held(Observation seen, String why, AlertPolicy policy);

        /** A complete run lacks the series. Unless this passes, a count of failures continues after it. */
        Decision absent(Instant slot, AlertPolicy policy, OnAbsence on);

        @Override
        Judged reset();

        @Override
        Judged restarted(Instant at);
    }

    /** No incident is open. */
    sealed interface Quiet extends Judged {
        @Override
        default Decision passed(Observation seen, AlertPolicy policy) {
            return Decision.quietly(WELL);
        }

        @Override
        default Calm reset() {
            return WELL;
        }

        @Override
        default Calm restarted(Instant at) {
            return WELL;
        }

        @Override
        default Optional<Transition> ended(Instant at, String reason) {
            return Optional.empty();
        }
    }

    /** The series is well, but may be absent. */
    record Calm(@Nullable Absence absence) implements Quiet {
        @Override
        public Decision failed(Observation seen, AlertPolicy policy) {
            return new Failing(1, seen.slot(), null).judged(seen, policy);
        }

        @Override
        public Decision held(Observation seen, String why, AlertPolicy policy) {
            return passed(seen, policy);
        }

        @Override
        public Decision absent(Instant slot, AlertPolicy policy, OnAbsence on) {
            var now = Absence.next(absence, slot, policy);
            if (now.isOver(slot, policy)) {
                return Decision.REMOVED;
            }
            return on == OnAbsence.FAILS && now.isNoData(slot, policy)
                    ? Firing.noData(slot, policy, now, false)
                    : Decision.quietly(new Calm(now));
        }
    }

    /**
     * Failed, but not long enough to fire.
     *
     * @param count failed results without a passed one in between
     * @param since the slot of the first of them
     */
    record Failing(int count, Instant since, @Nullable Absence absence) implements Quiet {
        @Override
        public Decision failed(Observation seen, AlertPolicy policy) {
            return new Failing(Math.min(count + 1, policy.after()), since, null).judged(seen, policy);
        }

        private Decision judged(Observation seen, AlertPolicy policy) {
            var needed = policy.failingFor();
            boolean fires = needed == null
                    ? count >= policy.after()
                    : Duration.between(since, seen.slot()).compareTo(needed) >= 0;
            return fires ? Firing.fired(seen, Reasons.failed(policy, seen.why())) : Decision.quietly(this);
        }

        @Override
        public Decision held(Observation seen, String why, AlertPolicy policy) {
            return Decision.quietly(new Failing(count, since, null));
        }

        @Override
        public Decision absent(Instant slot, AlertPolicy policy, OnAbsence on) {
            var now = Absence.next(absence, slot, policy);
            if (now.isOver(slot, policy)) {
                return Decision.REMOVED;
            }
            return switch (on) {
                case PASSES -> Decision.quietly(new Calm(now));
                case NEUTRAL -> Decision.quietly(new Failing(count, since, now));
                case FAILS ->
                    now.isNoData(slot, policy)
                            ? Firing.noData(slot, policy, now, true)
                            : Decision.quietly(new Failing(count, since, now));
            };
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
     * @param breached whether a value failed in this incident, which {@code resolve} then holds open; false when only data was missing
     */
    record Firing(
            Instant since,
            Instant notified,
            Status status,
            int passes,
            @Nullable Absence absence,
            @Nullable Instant generation,
            boolean breached)
            implements Judged {
        static Decision fired(Observation seen, String reason) {
            boolean breached = seen.status() == Status.FAILED;
            return fired(seen.slot(), seen.status(), seen.value(), reason, null, breached);
        }

        static Decision noData(Instant slot, AlertPolicy policy, Absence absence, boolean breached) {
            return fired(slot, Status.NO_DATA, null, Reasons.noData(policy), absence, breached);
        }

        private static Decision fired(
                Instant slot,
                Status status,
                @Nullable Double value,
                String reason,
                @Nullable Absence absence,
                boolean breached) {
            return new Decision(
                    new Firing(slot, slot, status, 0, absence, null, breached),
                    new Transition(AlertEvent.Type.FIRING, slot, slot, null, status, value, reason));
        }

        Firing in(@Nullable Instant otherGeneration) {
            return new Firing(since, notified, status, passes, absence, otherGeneration, breached);
        }

        private Firing with(Status now, int passed, @Nullable Absence away) {
            return new Firing(since, notified, now, passed, away, generation, breached || now == Status.FAILED);
        }

        private Firing notifiedAt(Instant at) {
            return new Firing(since, at, status, passes, absence, generation, breached);
        }

        @Override
        public Decision failed(Observation seen, AlertPolicy policy) {
            return with(seen.status(), 0, null)
                    .reminding(seen.slot(), policy, seen.status(), seen.value(), Reasons.failed(seen.why()));
        }

        @Override
        public Decision passed(Observation seen, AlertPolicy policy) {
            if (passes + 1 >= policy.resolveAfter()) {
                return new Decision(
                        WELL, resolved(seen.slot(), seen.status(), seen.value(), Reasons.passed(policy, seen)));
            }
            return with(status, passes + 1, null)
                    .reminding(seen.slot(), policy, seen.status(), seen.value(), Reasons.passing(policy, passes + 1));
        }

        @Override
        public Decision held(Observation seen, String why, AlertPolicy policy) {
            return breached
                    ? with(Status.FAILED, 0, null).reminding(seen.slot(), policy, seen.status(), seen.value(), why)
                    : passed(seen, policy);
        }

        @Override
        public Decision absent(Instant slot, AlertPolicy policy, OnAbsence on) {
            var now = Absence.next(absence, slot, policy);
            boolean isOver = now.isOver(slot, policy);
            if (on == OnAbsence.PASSES && passes + 1 >= policy.resolveAfter()) {
                return new Decision(
                        isOver ? null : new Calm(now), resolved(slot, Status.PASSED, null, Reasons.absent(policy)));
            }
            if (isOver) {
                return new Decision(null, resolved(slot, Status.NO_DATA, null, Reasons.forgotten(policy)));
            }
            return switch (on) {
                case PASSES ->
                    with(status, passes + 1, now)
                            .reminding(slot, policy, Status.PASSED, null, Reasons.passing(policy, passes + 1));
                case NEUTRAL ->
                    with(status, passes, now).reminding(slot, policy, Status.NO_DATA, null, Reasons.NO_DATA);
                case FAILS ->
                    with(now.isNoData(slot, policy) ? Status.NO_DATA : status, 0, now)
                            .reminding(slot, policy, Status.NO_DATA, null, Reasons.NO_DATA);
            };
        }

        private Decision reminding(Instant slot, AlertPolicy policy, Status seen, @Nullable Double value, String what) {
            var repeat = policy.repeat();
            if (repeat == null || Duration.between(notified, slot).compareTo(repeat) < 0) {
                return Decision.quietly(this);
            }
            var reason = Reasons.still(since, slot, what);
            return new Decision(
                    notifiedAt(slot),
                    new Transition(AlertEvent.Type.REMINDER, slot, since, generation, seen, value, reason));
        }

        private Transition resolved(Instant slot, Status seen, @Nullable Double value, String reason) {
            return new Transition(AlertEvent.Type.RESOLVED, slot, since, generation, seen, value, reason);
        }

        /** Without results, reminders go by the wall clock. */
        Optional<Firing> remindedBy(Instant now, @Nullable Duration repeat) {
            return Reminders.lastDue(notified, now, repeat).map(this::notifiedAt);
        }

        Transition reminder(Duration patience) {
            var reason = Reasons.still(since, notified, Reasons.silent(patience));
            return new Transition(AlertEvent.Type.REMINDER, notified, since, generation, Status.NO_DATA, null, reason);
        }

        @Override
        public Firing reset() {
            return with(status, 0, null);
        }

        @Override
        public Firing restarted(Instant at) {
            return reset().notifiedAt(at);
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
            return Reminders.lastDue(notified, now, repeat).map(due -> new Silent(since, due, generation));
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

    static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
