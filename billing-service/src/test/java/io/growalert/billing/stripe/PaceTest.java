package io.growalert.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class PaceTest {
    @Test
    void all_instances_together_keep_the_pace() throws Exception {
        try (var database = TestDatabase.migrated();
                var threads = Executors.newFixedThreadPool(4)) {
            var turns = new ArrayList<Callable<Duration>>();
            for (int n = 0; n < 60; n++) {
                var instance = new Pace(database.jdbc(), 20);
                turns.add(instance::reserve);
            }
            long start = System.nanoTime();

            for (var turn : threads.invokeAll(turns)) {
                assertThat(turn.get()).isGreaterThanOrEqualTo(Duration.ZERO);
            }

            var last = new Pace(database.jdbc(), 20).reserve();
            assertThat(last.plusNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(3));
        }
    }

    @Test
    void a_turn_after_a_quiet_time_is_at_once() {
        try (var database = TestDatabase.migrated()) {
            var pace = new Pace(database.jdbc(), 1);
            assertThat(pace.reserve()).isZero();
            assertThat(pace.reserve()).isPositive();
            database.jdbc()
                    .sql("update billing.pace set next_at = clock_timestamp() - interval '1 hour'")
                    .update();

            assertThat(pace.reserve()).isZero();
            assertThat(pace.reserve()).isPositive();
        }
    }
}
