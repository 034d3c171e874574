package io.growalert.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** Each query takes longer than a probe waits: it ends when the test runs it. */
class KafkaAccessHealthTest {
    private final Queue<Runnable> queries = new ArrayDeque<>();
    private Optional<String> denial = Optional.empty();
    private Optional<String> outdated = Optional.empty();
    private Duration now = Duration.ZERO;
    private final KafkaAccessHealth access = new KafkaAccessHealth(
            () -> new KafkaAccessCheck.Finding(denial, outdated), () -> now.toNanos(), queries::add);

    private Health after(long seconds) {
        now = now.plusSeconds(seconds);
        return Objects.requireNonNull(access.health());
    }

    private void endQuery() {
        queries.remove().run();
    }

    @Test
    void a_denial_is_reported_although_each_query_is_slow() {
        denial = Optional.of("denied");
        assertThat(after(0).getStatus()).isEqualTo(Status.UP);
        endQuery();

        assertThat(after(60))
                .isEqualTo(Health.down().withDetail("reason", "denied").build());
    }

    @Test
    void the_end_of_a_denial_is_reported_although_each_query_is_slow() {
        denial = Optional.of("denied");
        after(0);
        endQuery();
        assertThat(after(6).getStatus()).isEqualTo(Status.DOWN);
        denial = Optional.empty();
        endQuery();

        assertThat(after(6).getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void kafka_is_queried_every_30_s_and_every_5_s_while_it_denies_access() {
        after(0);
        endQuery();
        after(30);
        assertThat(queries).isEmpty();
        denial = Optional.of("denied");
        after(1);
        assertThat(queries).hasSize(1);
        endQuery();
        after(5);
        assertThat(queries).isEmpty();
        after(1);

        assertThat(queries).hasSize(1);
    }

    @Test
    void secrets_that_changed_need_a_restart_whether_kafka_denies_access_or_not() {
        outdated = Optional.of("changed");
        after(0);
        endQuery();
        assertThat(after(6))
                .isEqualTo(Health.status("DEGRADED")
                        .withDetail("reason", "changed")
                        .build());
        denial = Optional.of("denied");
        endQuery();

        assertThat(after(6))
                .isEqualTo(Health.down().withDetail("reason", "denied; changed").build());
    }
}
