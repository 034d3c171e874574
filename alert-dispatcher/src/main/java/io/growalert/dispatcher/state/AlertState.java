package io.growalert.dispatcher.state;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.growalert.events.AlertEvent;
import io.growalert.events.AlertPolicy;
import io.growalert.events.OnMissing;
import io.growalert.events.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of one alert, and what it may become. Everything here is decided in slot time from the arguments alone, so a
 * replay of the same results reaches the same answer. A state that stays what it is is equal to itself before, which is
 * how the caller knows that there is nothing to write.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
@JsonSubTypes({
    @JsonSubTypes.Type(value = AlertState.Calm.class, name = "calm"),
    @JsonSubTypes.Type(value = AlertState.Failing.class, name = "failing"),
    @JsonSubTypes.Type(value = AlertState.Firing.class, name = "firing"),
    @JsonSubTypes.Type(value = AlertState.Silent.class, name = "silent")
})
sealed interface AlertState {
    Calm WELL = new Calm(null);

    /** After a changed definition: an open incident stays, counters start again. */
    AlertState reset();

    /** What is to be told when the monitor is removed; nothing when no incident is open. */
    Optional<Transition> removed(Instant at);

    /** A state that results are held against. */
    sealed interface Judged extends AlertState {
        default Decision observe(Observation seen, AlertPolicy policy) {
            return seen.failed() ? failed(seen, policy) : passed(seen, policy);
        }

        Decision failed(Observation seen, AlertPolicy policy);

        Decision passed(Observation seen, AlertPolicy policy);

        /** A complete run did not have the series. It neither passed nor failed; a count of failures goes on after it. */
        Decision absent(Instant slot, AlertPolicy policy, OnMissing noData);

        @Override
        Judged reset();
    }

    /** Nothing is wrong, except that the series may be away. */
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
        public Optional<Transition> removed(Instant at) {
            return Optional.empty();
        }
    }

    /**
     * Failed, and not long enough to fire.
     *
     * @param count failed results without a passed one between
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
        public Optional<Transition> removed(Instant at) {
            return Optional.empty();
        }
    }

    /**
     * An incident is open.
     *
     * @param since the slot of its firing
     * @param told the slot of the last event, firing or reminder
     * @param status what keeps it open: {@code FAILED} or {@code NO_DATA}
     * @param passes passed results in a row
     */
    record Firing(
            Instant since,
            Instant told,
            Status status,
            int passes,
            @Nullable Absence absence) implements Judged {
        static Decision fired(
                Instant slot, Status status, @Nullable Double value, String reason, @Nullable Absence absence) {
            return new Decision(
                    new Firing(slot, slot, status, 0, absence),
                    new Transition(AlertEvent.Type.FIRING, slot, slot, status, value, reason));
        }

        @Override
        public Decision failed(Observation seen, AlertPolicy policy) {
            return new Firing(since, told, seen.status(), 0, null)
                    .reminding(seen.slot(), policy, seen.status(), seen.value(), Reasons.failed(seen.why()));
        }

        @Override
        public Decision passed(Observation seen, AlertPolicy policy) {
            if (passes + 1 >= policy.resolveAfter()) {
                return new Decision(
                        WELL, resolved(seen.slot(), seen.status(), seen.value(), Reasons.passed(policy, seen)));
            }
            return new Firing(since, told, status, passes + 1, null)
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
            return new Firing(since, told, isNoData ? Status.NO_DATA : status, fails ? 0 : passes, now)
                    .reminding(slot, policy, Status.NO_DATA, null, "no data");
        }

        private Decision reminding(Instant slot, AlertPolicy policy, Status seen, @Nullable Double value, String what) {
            var repeat = policy.repeat();
            if (repeat == null || Duration.between(told, slot).compareTo(repeat) < 0) {
                return Decision.quietly(this);
            }
            var reason = Reasons.still(since, slot, what);
            return new Decision(
                    new Firing(since, slot, status, passes, absence),
                    new Transition(AlertEvent.Type.REMINDER, slot, since, seen, value, reason));
        }

        private Transition resolved(Instant slot, Status seen, @Nullable Double value, String reason) {
            return new Transition(AlertEvent.Type.RESOLVED, slot, since, seen, value, reason);
        }

        @Override
        public Firing reset() {
            return new Firing(since, told, status, 0, null);
        }

        @Override
        public Optional<Transition> removed(Instant at) {
            return Optional.of(resolved(latest(at, told), status, null, Reasons.REMOVED));
        }
    }

    /** The monitor itself sends nothing; only its own alert gets here, by the wall clock. */
    record Silent(Instant since, Instant told) implements AlertState {
        static Silent from(Instant deadline) {
            return new Silent(deadline, deadline);
        }

        Transition fired(Duration patience) {
            return new Transition(AlertEvent.Type.FIRING, since, since, Status.NO_DATA, null, Reasons.silent(patience));
        }

        /** Results arrive again, whatever they say: that is judged for itself. */
        Transition heard(Instant slot) {
            return new Transition(
                    AlertEvent.Type.RESOLVED, latest(slot, told), since, Status.PASSED, null, Reasons.HEARD_AGAIN);
        }

        /** The last moment up to now at which a reminder was due; empty when there was none since the last one. */
        Optional<Silent> remindedBy(Instant now, @Nullable Duration repeat) {
            if (repeat == null || Duration.between(told, now).compareTo(repeat) < 0) {
                return Optional.empty();
            }
            long times = Duration.between(told, now).dividedBy(repeat);
            return Optional.of(new Silent(since, told.plus(repeat.multipliedBy(times))));
        }

        Transition reminder(Duration patience) {
            var reason = Reasons.still(since, told, Reasons.silent(patience));
            return new Transition(AlertEvent.Type.REMINDER, told, since, Status.NO_DATA, null, reason);
        }

        @Override
        public Silent reset() {
            return this;
        }

        @Override
        public Optional<Transition> removed(Instant at) {
            return Optional.of(new Transition(
                    AlertEvent.Type.RESOLVED, latest(at, told), since, Status.NO_DATA, null, Reasons.REMOVED));
        }
    }

    private static Decision away(Absence now, Judged otherwise, Instant slot, AlertPolicy policy, OnMissing noData) {
        return noData == OnMissing.FAIL && now.isNoData(slot, policy)
                ? Firing.fired(slot, Status.NO_DATA, null, Reasons.noData(policy), now)
                : Decision.quietly(otherwise);
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
