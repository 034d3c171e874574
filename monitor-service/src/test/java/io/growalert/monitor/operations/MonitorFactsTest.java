package io.growalert.monitor.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.Status;
import io.growalert.monitor.source.GuardedSource;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MonitorFactsTest {
    private final AtomicLong now = new AtomicLong();
    private final MonitorFacts.Drops drops = new MonitorFacts.Drops(now::get);

    @Test
    void a_source_whose_circuit_breaker_is_open_is_a_problem() {
        var series = MonitorFacts.openCircuits(
                "a",
                Map.of(
                        "influx", new GuardedSource.State(true, 0, 0, 4, "refused"),
                        "farm", new GuardedSource.State(false, 1, 0, 4, null)));

        assertThat(series).hasSize(1);
        assertThat(series.getFirst().labels()).isEqualTo(Map.of("source", "influx", "instance", "a"));
        assertThat(series.getFirst().reason()).isEqualTo("circuit breaker open");
    }

    @Test
    void a_buffer_that_is_full_or_drops_runs_is_a_problem() {
        assertThat(MonitorFacts.buffer("a", 79.9, 0).status()).isEqualTo(Status.PASSED);
        assertThat(MonitorFacts.buffer("a", 80, 0).reason()).isEqualTo("buffer of results at least 80 % full");
        assertThat(MonitorFacts.buffer("a", 3, 7).reason()).isEqualTo("7 runs dropped: the buffer was full");
    }

    @Test
    void dropped_runs_are_reported_for_ten_minutes() {
        assertThat(drops.recent(0)).isZero();
        assertThat(drops.recent(5)).isEqualTo(5);
        pass(Duration.ofMinutes(9));
        assertThat(drops.recent(6)).isEqualTo(6);
        pass(Duration.ofMinutes(9));
        assertThat(drops.recent(6)).isEqualTo(6);
        pass(Duration.ofMinutes(2));
        assertThat(drops.recent(6)).isZero();
        assertThat(drops.recent(8)).isEqualTo(2);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
