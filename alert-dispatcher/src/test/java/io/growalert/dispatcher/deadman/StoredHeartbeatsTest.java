package io.growalert.dispatcher.deadman;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.TestDatabase;
import io.growalert.events.Heartbeat;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StoredHeartbeatsTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final TestDatabase database = TestDatabase.migrated();
    private final StoredHeartbeats heartbeats = new StoredHeartbeats(database.jdbc());

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void the_age_is_that_of_the_last_heartbeat_since_it_was_sent() {
        var now = Instant.now();

        heartbeats.store(
                List.of(heartbeat(0, now.minusSeconds(600)), heartbeat(0, now), heartbeat(1, now.minusSeconds(600))));

        assertThat(heartbeats.ages().get(0)).isLessThan(MINUTE);
        assertThat(heartbeats.ages().get(1)).isGreaterThan(Duration.ofMinutes(9));
    }

    @Test
    void a_heartbeat_that_is_read_again_makes_none_older() {
        var now = Instant.now();
        heartbeats.store(List.of(heartbeat(0, now)));

        heartbeats.store(List.of(heartbeat(0, now.minusSeconds(600))));

        assertThat(heartbeats.ages().get(0)).isLessThan(MINUTE);
    }

    @Test
    void a_sender_whose_clock_is_ahead_does_not_look_alive_after_its_end() {
        heartbeats.store(List.of(heartbeat(0, Instant.now().plus(Duration.ofDays(1)))));

        database.jdbc()
                .sql("update dispatcher.heartbeats set stored_at = stored_at - interval '10 minutes'")
                .update();

        assertThat(heartbeats.ages().get(0)).isGreaterThan(Duration.ofMinutes(9));
    }

    @Test
    void what_is_no_heartbeat_is_skipped() {
        heartbeats.store(List.of(
                record("not json".getBytes(UTF_8)),
                record(null),
                heartbeat(1, Instant.parse("+100000-01-01T00:00:00Z")),
                heartbeat(2, Instant.parse("-5000-01-01T00:00:00Z")),
                heartbeat(3, Instant.now())));

        assertThat(heartbeats.ages()).containsOnlyKeys(3);
    }

    private static ConsumerRecord<byte[], byte[]> heartbeat(int partition, Instant sentAt) {
        return record(Json.write(new Heartbeat(partition, sentAt)));
    }

    private static ConsumerRecord<byte[], byte[]> record(byte @Nullable [] value) {
        return new ConsumerRecord<>(Topics.HEARTBEATS, 0, 0, null, value);
    }
}
