package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedStoredUntilTest {
    private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");
    private static final Duration LIFETIME = Duration.ofMinutes(10);

    @TempDir
    private Path folder;

    private NotifierBench bench;
    private Instant ofOther = Instant.EPOCH;
    private SharedStoredUntil one;
    private SharedStoredUntil other;

    @BeforeEach
    void open() {
        bench = new NotifierBench(folder, "ops: {fake: {}}");
        one = new SharedStoredUntil(bench.jdbc, "one", () -> NOON);
        other = new SharedStoredUntil(bench.jdbc, "other", () -> ofOther);
        publish("one", LIFETIME);
        publish("other", LIFETIME);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void the_live_instance_that_is_furthest_behind_counts() {
        assertThat(one.get()).isEqualTo(NOON);
        assertThat(other.get()).isEqualTo(Instant.EPOCH);
        assertThat(one.get()).isEqualTo(Instant.EPOCH);

        ofOther = NOON.minusSeconds(60);
        assertThat(other.get()).isEqualTo(NOON.minusSeconds(60));
        assertThat(one.get()).isEqualTo(NOON.minusSeconds(60));

        ofOther = NOON.plusSeconds(60);
        assertThat(other.get()).isEqualTo(NOON);
        assertThat(one.get()).isEqualTo(NOON);
    }

    @Test
    void a_dead_instance_does_not_count() {
        other.get();
        publish("other", Duration.ofSeconds(-1));

        assertThat(one.get()).isEqualTo(NOON);
    }

    @Test
    void an_instance_whose_row_is_not_stored_yet_waits_for_the_others() {
        other.get();

        assertThat(new SharedStoredUntil(bench.jdbc, "third", () -> NOON).get()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void a_heartbeat_retains_the_published_value() {
        other.get();
        publish("other", LIFETIME);

        assertThat(one.get()).isEqualTo(Instant.EPOCH);
    }

    private void publish(String instance, Duration lifetime) {
        new KnownReceivers(bench.jdbc, bench.database.transaction(), instance).publish(List.of("ops"), lifetime);
    }
}
