package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.handler.Occasion;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.handler.Settled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReceiverCircuitsTest {
    private static final Outcome FAILED = new Outcome.Retry("busy");
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(2), Duration.ofMillis(20), new Random(1));

    private long now = Long.MAX_VALUE - 1_000;
    private final ReceiverCircuits circuits = new ReceiverCircuits(() -> now);

    @Test
    void it_opens_after_five_failures_of_three_deliveries() {
        fail("a", "b", "c", "a");
        assertThat(circuits.permits("ops", 0, 4)).isEqualTo(4);

        fail("b");

        assertThat(circuits.permits("ops", 0, 4)).isZero();
        assertThat(circuits.permits("other", 0, 4)).isEqualTo(4);
        assertThat(circuits.open()).containsExactly("ops");
    }

    @Test
    void one_message_that_always_fails_does_not_stop_the_others() {
        fail("a", "a", "a", "a", "a", "a", "a", "b", "a");

        assertThat(circuits.permits("ops", 0, 4)).isEqualTo(4);
    }

    @Test
    void an_answer_between_failures_keeps_it_closed() {
        for (var answer : List.of(
                new Outcome.Delivered("ok"),
                new Outcome.Rejected("no"),
                new Outcome.Retry("one of two", Optional.empty(), Optional.of(new Settled(Set.of("a@b"), Map.of()))))) {
            fail("a", "b", "c", "d");
            record("e", answer);
            assertThat(circuits.open()).isEmpty();
        }
    }

    @Test
    void one_probe_at_a_time_after_waits_that_double_up_to_30_s() {
        fail("a", "b", "c", "d", "e");
        var waits = new ArrayList<Long>();
        for (int i = 0; i < 7; i++) {
            long from = now;
            while (circuits.permits("ops", 0, 4) == 0) {
                now += Duration.ofSeconds(1).toNanos();
            }
            waits.add(Duration.ofNanos(now - from).toSeconds());
            assertThat(circuits.permits("ops", 0, 4)).isOne();
            assertThat(circuits.permits("ops", 1, 3)).isZero();
            fail("a");
        }
        assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Test
    void attempts_that_began_before_it_opened_do_not_prolong_it() {
        fail("a", "b", "c", "d", "e", "f", "g", "h");

        now += Duration.ofSeconds(1).toNanos();

        assertThat(circuits.permits("ops", 0, 4)).isOne();
    }

    @Test
    void an_answered_probe_closes_it() {
        fail("a", "b", "c", "d", "e");

        record("a", new Outcome.Delivered("ok"));

        assertThat(circuits.permits("ops", 0, 4)).isEqualTo(4);
        assertThat(circuits.open()).isEmpty();
    }

    @Test
    void it_is_half_open_from_when_a_probe_is_due_until_the_outcome() {
        assertThat(circuits.state("ops")).isEqualTo(CircuitState.CLOSED);
        fail("a", "b", "c", "d", "e");
        assertThat(circuits.state("ops")).isEqualTo(CircuitState.OPEN);

        now += Duration.ofSeconds(1).toNanos();
        assertThat(circuits.state("ops")).isEqualTo(CircuitState.HALF_OPEN);

        fail("a");
        assertThat(circuits.state("ops")).isEqualTo(CircuitState.OPEN);
        record("a", new Outcome.Delivered("ok"));
        assertThat(circuits.state("ops")).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void it_is_failing_when_it_has_been_open_for_a_minute() {
        fail("a", "b", "c", "d", "e");
        now += Duration.ofSeconds(59).toNanos();
        assertThat(circuits.failing()).isEmpty();

        fail("a");
        now += Duration.ofSeconds(1).toNanos();

        assertThat(circuits.failing()).containsExactly("ops");
    }

    private void fail(String... deliveries) {
        for (var delivery : deliveries) {
            record(delivery, FAILED);
        }
    }

    private void record(String delivery, Outcome outcome) {
        var claim = new Deliveries.Claim(delivery, 1, "ops", "{}", null, null, false, Occasion.EVENT);
        circuits.record(Verdict.of(claim, outcome, Duration.ofHours(1), BACKOFF));
    }
}
