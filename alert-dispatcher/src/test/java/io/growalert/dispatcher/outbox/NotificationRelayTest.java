package io.growalert.dispatcher.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.TestDatabase;
import io.growalert.events.Json;
import io.growalert.events.NotificationEvent;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.outbox.OutboxRelay;
import io.growalert.testkit.TestKafka;
import io.growalert.testkit.TopicReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On a broker of its own, since the topic has a fixed name. */
class NotificationRelayTest {
    private static final Instant TIME = Instant.parse("2026-11-24T07:00:30.004Z");

    private final TestKafka kafka = new TestKafka();
    private final TestDatabase database = TestDatabase.migrated();
    private final NotificationLog log = new NotificationLog(database.jdbc());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<OutboxRelay> relays = new ArrayList<>();

    @AfterEach
    void stop() {
        relays.forEach(OutboxRelay::stop);
        database.close();
        kafka.close();
    }

    @Test
    void an_event_is_published_under_its_key_with_the_headers_of_the_contract_and_deleted() {
        log.addSilences(NotificationEvent.Type.SILENCE_STARTED, List.of("silence-1"), TIME);
        relay();

        var record = records(1).getFirst();
        var event = Json.read(record.value(), NotificationEvent.class);
        assertThat(record.key()).isEqualTo("silence-1");
        assertThat(event.type()).isEqualTo(NotificationEvent.Type.SILENCE_STARTED);
        assertThat(event.time()).isEqualTo(TIME);
        assertThat(header(record, "ce_id")).isEqualTo(event.id());
        assertThat(header(record, "ce_type")).isEqualTo("io.growalert.notification.silence-started");
        assertThat(header(record, "ce_source")).isEqualTo("/growalert/alert-dispatcher");
        assertThat(header(record, "ce_subject")).isEqualTo("silence-1");
        assertThat(header(record, "ce_time")).isEqualTo("2026-11-24T07:00:30.004Z");
        await().until(() -> stored() == 0);
        assertThat(meters.get("growalert.notifications.relayed").counter().count())
                .isEqualTo(1);
    }

    @Test
    void an_event_that_kafka_rejects_is_parked_and_holds_back_no_other() {
        log.addSilences(NotificationEvent.Type.SILENCE_STARTED, List.of("a", "b".repeat(2 << 20), "c"), TIME);
        relay();

        assertThat(records(2)).extracting(ConsumerRecord::key).containsExactlyInAnyOrder("a", "c");
        await().until(() -> stored() == 1);
        assertThat(database.jdbc()
                        .sql("select error from dispatcher.notification_outbox")
                        .query(String.class)
                        .single())
                .contains("larger");
    }

    @Test
    void one_of_two_instances_publishes_and_what_kafka_missed_follows() {
        kafka.stop();
        relay();
        relay();
        log.addSilences(NotificationEvent.Type.SILENCE_STARTED, List.of("s"), TIME);
        log.addSilences(NotificationEvent.Type.SILENCE_CHANGED, List.of("s"), TIME);
        log.addSilences(NotificationEvent.Type.SILENCE_ENDED, List.of("s"), TIME);
        await().until(() -> relays.stream().anyMatch(relay -> relay.obstacle().isPresent()));

        kafka.restart();

        assertThat(records(3).stream()
                        .map(record -> Json.read(record.value(), NotificationEvent.class)
                                .type())
                        .distinct())
                .containsExactly(
                        NotificationEvent.Type.SILENCE_STARTED,
                        NotificationEvent.Type.SILENCE_CHANGED,
                        NotificationEvent.Type.SILENCE_ENDED);
        await().until(() -> relays.stream().filter(OutboxRelay::isRelaying).count() == 1);
    }

    private void relay() {
        var relay = NotificationRelay.of(
                log, database.dataSource(), KafkaConnection.at(kafka.address()), 2, Duration.ofMillis(50), meters);
        relays.add(relay);
        relay.start();
    }

    private List<ConsumerRecord<String, byte[]>> records(int atLeast) {
        await().atMost(Duration.ofSeconds(60)).until(() -> stored() <= 1);
        try (var reader = new TopicReader(kafka.address(), Topics.NOTIFICATIONS)) {
            await().until(() -> reader.records().size() >= atLeast);
            return reader.records();
        }
    }

    private int stored() {
        return database.jdbc()
                .sql("select count(*) from dispatcher.notification_outbox")
                .query(Integer.class)
                .single();
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
