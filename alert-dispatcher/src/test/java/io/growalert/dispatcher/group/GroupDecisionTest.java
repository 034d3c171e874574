package io.growalert.dispatcher.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.GroupEvent.Change;
import io.growalert.events.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GroupDecisionTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Member NEW = member("new", Status.FAILED, 0);
    private static final Member FIRING = notified(member("firing", Status.FAILED, 0));
    private static final Member RESOLVED = resolved(FIRING);

    @Test
    void what_is_new_and_what_ended_is_due_with_what_still_fires() {
        assertThat(decided(null, NEW, FIRING, RESOLVED))
                .isEqualTo(new GroupDecision.Due(List.of(NEW), List.of(FIRING), List.of(RESOLVED)));
    }

    @Test
    void what_still_fires_alone_is_not_due_without_repetition() {
        assertThat(decided(null, FIRING)).isEqualTo(new GroupDecision.NotDue(null));
        assertThat(decided(null)).isEqualTo(new GroupDecision.NotDue(null));
    }

    @Test
    void what_fired_and_ended_before_a_message_is_in_none() {
        assertThat(decided(null, resolved(NEW))).isEqualTo(new GroupDecision.NotDue(null));
        assertThat(decided(null, resolved(NEW), NEW))
                .isEqualTo(new GroupDecision.Due(List.of(NEW), List.of(), List.of()));
    }

    @Test
    void what_is_held_is_neither_new_nor_resolved_and_fires_still_if_its_receiver_knows() {
        assertThat(decided(null, held(NEW), held(RESOLVED))).isEqualTo(new GroupDecision.NotDue(null));
        assertThat(decided(null, held(NEW), held(FIRING), RESOLVED))
                .isEqualTo(new GroupDecision.Due(List.of(), List.of(held(FIRING)), List.of(RESOLVED)));
    }

    @Test
    void a_change_waits_for_the_interval() {
        var until = new GroupDecision.NotDue(NOON.plusSeconds(30));

        assertThat(decide(null, NOON.minusSeconds(30), NEW)).isEqualTo(until);
        assertThat(decide(null, NOON.minusSeconds(30), RESOLVED)).isEqualTo(until);
        assertThat(decide(null, NOON.minusSeconds(60), NEW)).isInstanceOf(GroupDecision.Due.class);
    }

    @Test
    void what_still_fires_is_repeated() {
        var hour = Duration.ofHours(1);

        assertThat(decide(hour, NOON.minusSeconds(3_600), FIRING))
                .isEqualTo(new GroupDecision.Due(List.of(), List.of(FIRING), List.of()));
        assertThat(decide(hour, NOON.minusSeconds(3_599), FIRING))
                .isEqualTo(new GroupDecision.NotDue(NOON.plusSeconds(1)));
    }

    @Test
    void what_is_held_or_acknowledged_is_not_repeated_alone() {
        var hour = Duration.ofHours(1);
        var look = new GroupDecision.NotDue(NOON.plus(GroupDecision.NEXT_LOOK));

        assertThat(decide(hour, NOON.minus(hour), held(FIRING))).isEqualTo(look);
        assertThat(decide(hour, NOON.minus(hour), FIRING.unrepeated())).isEqualTo(look);
        assertThat(decide(hour, NOON, FIRING.unrepeated())).isEqualTo(new GroupDecision.NotDue(NOON.plus(hour)));
        assertThat(decide(hour, NOON.minus(hour), held(FIRING), FIRING.unrepeated(), FIRING))
                .isInstanceOf(GroupDecision.Due.class);
    }

    @Test
    void the_worst_come_first() {
        var failed = member("b", Status.FAILED, 10);
        var longer = member("c", Status.FAILED, 5);
        var silent = member("a", Status.NO_DATA, 0);
        var degraded = member("d", Status.DEGRADED, 0);

        assertThat(decided(null, degraded, silent, failed, longer))
                .isEqualTo(new GroupDecision.Due(List.of(longer, failed, silent, degraded), List.of(), List.of()));
    }

    @Test
    void a_message_names_what_changed_before_what_still_fires() {
        var due = new GroupDecision.Due(many(700, NEW), many(2_000, FIRING), many(800, RESOLVED));

        var chosen = MessageAlerts.chosen(due);

        assertThat(chosen).hasSize(MessageAlerts.MOST);
        assertThat(chosen.values()).containsOnly(Change.NEW, Change.RESOLVED);
        assertThat(
                        MessageAlerts.chosen(
                                        new GroupDecision.Due(many(3, NEW), many(2_000, FIRING), many(4, RESOLVED)))
                                .values()
                                .stream()
                                .filter(change -> change == Change.STILL_FIRING))
                .hasSize(MessageAlerts.MOST - 7);
    }

    private static GroupDecision decided(@Nullable Duration repeat, Member... members) {
        return decide(repeat, null, members);
    }

    private static GroupDecision decide(@Nullable Duration repeat, @Nullable Instant messagedAt, Member... members) {
        var group = new AlertGroup(
                "{}", "ops", Map.of("site", "north"), Duration.ofSeconds(10), Duration.ofMinutes(1), repeat);
        return GroupDecision.decide(group, List.of(members), messagedAt, NOON);
    }

    private static List<Member> many(int count, Member like) {
        return IntStream.range(0, count)
                .mapToObj(n -> new Member(
                        like.incident() + n,
                        "e" + n,
                        like.status(),
                        NOON,
                        like.isResolved(),
                        like.isNotified(),
                        false,
                        false))
                .toList();
    }

    private static Member member(String incident, Status status, int seconds) {
        return new Member(incident, "event-" + incident, status, NOON.plusSeconds(seconds), false, false, false, false);
    }

    private static Member notified(Member of) {
        return new Member(
                of.incident(), of.event(), of.status(), of.firingSince(), of.isResolved(), true, of.isHeld(), false);
    }

    private static Member resolved(Member of) {
        return new Member(
                of.incident(), of.event(), of.status(), of.firingSince(), true, of.isNotified(), of.isHeld(), false);
    }

    private static Member held(Member of) {
        return new Member(
                of.incident(),
                of.event(),
                of.status(),
                of.firingSince(),
                of.isResolved(),
                of.isNotified(),
                true,
                false);
    }
}
