package io.growalert.runtime.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class ProgressTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Progress progress = new Progress("relay", nanos::get);

    @Test
    void waiting_between_rounds_is_no_stall() {
        progress.begin();
        progress.end();
        pass(Duration.ofDays(1));

        assertThat(progress.stalled()).isEmpty();
    }

    @Test
    void a_round_that_does_not_end_is_a_stall_after_thirty_seconds() {
        progress.begin();
        pass(Duration.ofSeconds(30));
        assertThat(progress.stalled()).isEmpty();

        pass(Duration.ofSeconds(1));

        assertThat(progress.stalled()).contains("no progress for 31 s");
        assertThat(health().getStatus()).isEqualTo(Status.DOWN);
        assertThat(health().getDetails()).containsEntry("relay", "no progress for 31 s");
    }

    @Test
    void repeated_failures_are_a_stall_until_one_round_succeeds() {
        for (int i = 0; i < 4; i++) {
            progress.begin();
            progress.failed(new IllegalStateException("no table"));
            pass(Duration.ofSeconds(11));
        }
        assertThat(progress.stalled()).contains("failing for 44 s: java.lang.IllegalStateException: no table");

        progress.begin();
        progress.end();

        assertThat(health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void a_terminated_loop_stays_down() {
        progress.terminated("OutOfMemoryError");
        progress.end();

        assertThat(progress.stalled()).contains("terminated: OutOfMemoryError");
    }

    private Health health() {
        return new LoopHealth(List.of(progress)).health();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
