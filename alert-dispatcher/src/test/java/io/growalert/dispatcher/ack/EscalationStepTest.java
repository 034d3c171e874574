package io.growalert.dispatcher.ack;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.ack.EscalationStep.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EscalationStepTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
    private static final List<String> SILENCE = List.of("silence");
    private static final List<String> ACKNOWLEDGED = List.of(EscalationStep.ACKNOWLEDGED);

    @Test
    void a_step_without_repeat_notifies_once() {
        assertThat(decide(step(1, null, List.of(), 0), List.of(), null, NOW)).isEqualTo(new Decision.Notified(null));
    }

    @Test
    void a_repeated_step_keeps_its_schedule_and_skips_what_it_missed() {
        var step = step(1, TEN_MINUTES, List.of(), 1);

        assertThat(decide(step, List.of(), null, NOW))
                .isEqualTo(new Decision.Notified(step.dueAt().plus(TEN_MINUTES)));
        assertThat(step.decide(List.of(), null, NOW, NOW.plus(Duration.ofHours(5))))
                .isEqualTo(new Decision.Notified(NOW.plus(Duration.ofHours(5)).plus(TEN_MINUTES)));
    }

    @Test
    void what_holds_it_is_looked_at_again_soon() {
        assertThat(decide(step(1, null, List.of(), 0), SILENCE, null, NOW))
                .isEqualTo(new Decision.Postponed(NOW.plusSeconds(10), SILENCE));
    }

    @Test
    void an_acknowledgement_postpones_it_to_its_end_even_when_it_is_silenced() {
        var until = NOW.plus(Duration.ofHours(1));

        assertThat(decide(step(1, null, List.of(), 0), SILENCE, until, NOW))
                .isEqualTo(new Decision.Postponed(until, ACKNOWLEDGED));
    }

    @Test
    void after_what_postponed_it_a_step_waits_for_its_whole_time_again() {
        var end = NOW.minusSeconds(60);

        for (var postponed : List.of(SILENCE, ACKNOWLEDGED)) {
            assertThat(decide(step(1, null, postponed, 0), List.of(), null, end))
                    .isEqualTo(new Decision.Postponed(end.plus(TEN_MINUTES), List.of()));
        }
        assertThat(decide(step(1, null, SILENCE, 0), List.of(), null, NOW.minus(TEN_MINUTES)))
                .isEqualTo(new Decision.Notified(null));
    }

    @Test
    void after_what_postponed_it_a_repetition_follows_at_once() {
        assertThat(decide(step(1, TEN_MINUTES, SILENCE, 1), List.of(), null, NOW))
                .isInstanceOf(Decision.Notified.class);
        assertThat(decide(step(EscalationStep.REPEAT, TEN_MINUTES, ACKNOWLEDGED, 0), List.of(), null, NOW))
                .isInstanceOf(Decision.Notified.class);
        assertThat(decide(step(EscalationStep.REPEAT, TEN_MINUTES, SILENCE, 0), List.of(), null, NOW))
                .isEqualTo(new Decision.Postponed(NOW.plus(TEN_MINUTES), List.of()));
    }

    @Test
    void the_end_of_a_hold_of_hours_is_in_its_id() {
        assertThat(EscalationStep.intervalEnd("interval:2026-11-24T12:00:00Z")).isEqualTo(NOW);
        assertThat(EscalationStep.intervalEnd("silence")).isNull();
    }

    private static Decision decide(
            EscalationStep step, List<String> holds, @Nullable Instant acknowledgedUntil, Instant postponedUntil) {
        return step.decide(holds, acknowledgedUntil, postponedUntil, NOW);
    }

    private static EscalationStep step(int number, @Nullable Duration every, List<String> postponedBy, int notified) {
        return new EscalationStep(
                "incident",
                "routes",
                "{}",
                number,
                List.of("boss"),
                TEN_MINUTES,
                every,
                NOW.minusSeconds(1),
                postponedBy,
                notified);
    }
}
