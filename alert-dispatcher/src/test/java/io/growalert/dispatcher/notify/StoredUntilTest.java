package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.events.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class StoredUntilTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final TopicPartition ONE = new TopicPartition(Topics.ALERTS, 0);
    private static final TopicPartition OTHER = new TopicPartition(Topics.ALERTS, 1);

    private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
    private final StoredUntil storedUntil = new StoredUntil(now::get);

    @Test
    void nothing_is_stored_before_each_partition_was_read() {
        assertThat(storedUntil.get()).isEqualTo(Instant.EPOCH);
        storedUntil.assigned(List.of(ONE, OTHER));
        storedUntil.stored(ONE, NOON);

        assertThat(storedUntil.get()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void the_partition_that_is_furthest_behind_counts() {
        storedUntil.assigned(List.of(ONE, OTHER));

        storedUntil.stored(ONE, NOON);
        storedUntil.stored(OTHER, NOON.minusSeconds(3_600));

        assertThat(storedUntil.get()).isEqualTo(NOON.minusSeconds(3_600));
    }

    @Test
    void an_older_event_after_a_later_one_changes_nothing() {
        storedUntil.assigned(List.of(ONE));
        storedUntil.stored(ONE, NOON);

        storedUntil.stored(ONE, NOON.minusSeconds(60));

        assertThat(storedUntil.get()).isEqualTo(NOON);
    }

    @Test
    void an_instance_without_partitions_waits_for_none() {
        storedUntil.assigned(List.of());
        storedUntil.checked();

        assertThat(storedUntil.get()).isEqualTo(NOON);
    }

    @Test
    void the_wait_ends_when_nothing_is_read_for_two_minutes() {
        storedUntil.assigned(List.of(ONE));
        pass(Duration.ofMinutes(2));
        assertThat(storedUntil.get()).isEqualTo(Instant.EPOCH);

        pass(Duration.ofMillis(1));

        assertThat(storedUntil.get()).isEqualTo(now.get());
    }

    @Test
    void the_wait_ends_after_ten_minutes_of_reading() {
        storedUntil.assigned(List.of(ONE));
        for (int minute = 1; minute <= 10; minute++) {
            pass(Duration.ofMinutes(1));
            storedUntil.stored(ONE, NOON.minus(Duration.ofHours(5)).plusSeconds(minute));
        }
        assertThat(storedUntil.get()).isBefore(NOON);

        pass(Duration.ofMillis(1));

        assertThat(storedUntil.get()).isEqualTo(now.get());
    }

    @Test
    void after_an_outage_of_the_broker_the_wait_begins_anew() {
        storedUntil.assigned(List.of(ONE));
        storedUntil.stored(ONE, NOON);
        pass(Duration.ofHours(3));
        assertThat(storedUntil.get()).isEqualTo(now.get());

        storedUntil.stored(ONE, NOON.plusSeconds(60));

        assertThat(storedUntil.get()).isEqualTo(NOON.plusSeconds(60));
    }

    @Test
    void the_wait_begins_anew_when_partitions_of_another_instance_are_assigned() {
        storedUntil.assigned(List.of(ONE));
        storedUntil.stored(ONE, NOON);
        pass(Duration.ofMinutes(30));
        storedUntil.stored(ONE, NOON.plusSeconds(1_800));

        storedUntil.assigned(List.of(OTHER));
        storedUntil.stored(ONE, NOON.plusSeconds(1_800));
        assertThat(storedUntil.get()).isEqualTo(Instant.EPOCH);
        storedUntil.stored(OTHER, NOON);
        assertThat(storedUntil.get()).isEqualTo(NOON);

        pass(Duration.ofMinutes(2).plusMillis(1));
        assertThat(storedUntil.get()).isEqualTo(now.get());
    }

    @Test
    void a_rebalance_that_assigns_no_partition_changes_nothing() {
        storedUntil.assigned(List.of(ONE));
        storedUntil.stored(ONE, NOON);

        storedUntil.assigned(List.of());

        assertThat(storedUntil.get()).isEqualTo(NOON);
    }

    private void pass(Duration time) {
        now.updateAndGet(instant -> instant.plus(time));
    }

    @Test
    void how_far_it_is_behind_goes_by_its_own_clock() {
        storedUntil.assigned(List.of(ONE));
        storedUntil.stored(ONE, NOON.minusSeconds(5));
        assertThat(storedUntil.behind()).isEqualTo(Duration.ofSeconds(5));

        storedUntil.stored(ONE, NOON.plusSeconds(3_600));
        assertThat(storedUntil.behind()).isZero();
    }
}
