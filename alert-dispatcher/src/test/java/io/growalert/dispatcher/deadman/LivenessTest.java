package io.growalert.dispatcher.deadman;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LivenessTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void the_chain_is_alive_when_every_partition_has_a_recent_heartbeat() {
        var liveness = of(2, Map.of(0, 10L, 1, 59L));

        assertThat(liveness.isAlive()).isTrue();
        assertThat(liveness.oldest()).contains(Duration.ofSeconds(59));
    }

    @Test
    void one_late_partition_is_enough() {
        var liveness = of(2, Map.of(0, 10L, 1, 60L));

        assertThat(liveness.isAlive()).isFalse();
        assertThat(liveness.late()).containsExactly(Map.entry(1, Optional.of(LIMIT)));
    }

    @Test
    void a_heartbeat_of_the_future_is_late_too() {
        assertThat(of(1, Map.of(0, -59L)).isAlive()).isTrue();
        assertThat(of(1, Map.of(0, -60L)).isAlive()).isFalse();
    }

    @Test
    void a_partition_without_any_heartbeat_is_late() {
        var liveness = of(2, Map.of(0, 10L));

        assertThat(liveness.isAlive()).isFalse();
        assertThat(liveness.late()).containsExactly(Map.entry(1, Optional.empty()));
    }

    @Test
    void a_partition_that_does_not_exist_any_more_counts_for_nothing() {
        var liveness = of(1, Map.of(0, 10L, 1, 5_000L));

        assertThat(liveness.isAlive()).isTrue();
        assertThat(liveness.oldest()).contains(Duration.ofSeconds(10));
    }

    @Test
    void a_topic_without_partitions_is_not_alive() {
        assertThat(of(0, Map.of()).isAlive()).isFalse();
    }

    private static Liveness of(int partitions, Map<Integer, Long> seconds) {
        var ages = new HashMap<Integer, Duration>();
        seconds.forEach((partition, age) -> ages.put(partition, Duration.ofSeconds(age)));
        return Liveness.of(partitions, ages, LIMIT);
    }
}
