package io.growalert.dispatcher.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The clock is monotonic time in nanoseconds, and may begin anywhere. */
class CommitPaceTest {
    private static final long START = Long.MAX_VALUE - Duration.ofMillis(60).toNanos();

    private final CommitPace pace = new CommitPace(START);
    private long now = START;

    @Test
    void the_first_transition_commits_at_once() {
        assertThat(pace.admits(now)).isTrue();
    }

    @Test
    void quick_commits_are_25_ms_apart() {
        commit(10);
        pass(14);
        assertThat(pace.admits(now)).isFalse();
        pass(1);
        assertThat(pace.admits(now)).isTrue();
    }

    @Test
    void after_a_slow_commit_a_thread_works_for_as_long_before_the_next() {
        commit(200);
        assertThat(pace.admits(now)).isFalse();
        pass(199);
        assertThat(pace.admits(now)).isFalse();
        pass(1);
        assertThat(pace.admits(now)).isTrue();
    }

    @Test
    void it_works_half_a_second_at_most_so_that_the_transaction_ends_in_time() {
        commit(9_000);
        pass(499);
        assertThat(pace.admits(now)).isFalse();
        pass(1);
        assertThat(pace.admits(now)).isTrue();
    }

    @Test
    void a_slow_commit_delays_one_commit_only() {
        commit(400);
        pass(400);
        commit(10);
        pass(15);
        assertThat(pace.admits(now)).isTrue();
    }

    @Test
    void a_transition_long_after_a_slow_commit_commits_at_once() {
        commit(400);
        pass(60_000);
        assertThat(pace.admits(now)).isTrue();
    }

    private void commit(long millis) {
        assertThat(pace.admits(now)).isTrue();
        pass(millis);
        pace.committed(Duration.ofMillis(millis).toNanos(), now);
    }

    private void pass(long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }
}
