package io.growalert.dispatcher.group;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a group's receiver is notified of now; pure. */
sealed interface GroupDecision {
    /** While no alert of a group may be repeated: acknowledgements and silences end at any time. */
    Duration NEXT_LOOK = Duration.ofMinutes(1);

    /** A message is due. Each list has the worst ones first. */
    record Due(List<Member> started, List<Member> stillFiring, List<Member> resolved) implements GroupDecision {
        public Due {
            started = List.copyOf(started);
            stillFiring = List.copyOf(stillFiring);
            resolved = List.copyOf(resolved);
        }

        boolean hasFiring() {
            return !started.isEmpty() || !stillFiring.isEmpty();
        }

        boolean hasChanges() {
            return !started.isEmpty() || !resolved.isEmpty();
        }

        Stream<Member> changes() {
            return Stream.concat(started.stream(), resolved.stream());
        }

        /** What may be notified of again. */
        Stream<Member> repeated() {
            return stillFiring.stream().filter(Member::isRepeated);
        }

        Stream<Member> all() {
            return Stream.of(started, stillFiring, resolved).flatMap(List::stream);
        }
    }

    /** @param until when one may be due; null: not before something changes */
    record NotDue(@Nullable Instant until) implements GroupDecision {}

    /** @param messagedAt when the group's last message was formed; null: none was */
    static GroupDecision decide(AlertGroup group, List<Member> members, @Nullable Instant messagedAt, Instant now) {
        var due = new Due(
                worst(members, Member::isNew),
                worst(members, Member::isStillFiring),
                worst(members, Member::isNewlyResolved));
        if (!due.started.isEmpty() || !due.resolved.isEmpty()) {
            var earliest = messagedAt == null ? now : messagedAt.plus(group.interval());
            return earliest.isAfter(now) ? new NotDue(earliest) : due;
        }
        var repeatedAt = group.repeatedAt(messagedAt == null ? now : messagedAt);
        if (repeatedAt == null || due.stillFiring.isEmpty()) {
            return new NotDue(null);
        }
        if (due.stillFiring.stream().noneMatch(Member::isRepeated)) {
            var look = now.plus(NEXT_LOOK);
            return new NotDue(repeatedAt.isAfter(look) ? repeatedAt : look);
        }
        return repeatedAt.isAfter(now) ? new NotDue(repeatedAt) : due;
    }

    /** Whether nothing changed, and something fires on. */
    static boolean isOnlyRepeated(List<Member> members) {
        return members.stream().anyMatch(Member::isStillFiring)
                && members.stream().noneMatch(member -> member.isNew() || member.isNewlyResolved());
    }

    private static List<Member> worst(List<Member> members, Predicate<Member> condition) {
        return members.stream().filter(condition).sorted(Member.WORST_FIRST).toList();
    }
}
