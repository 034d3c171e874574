package io.growalert.runtime.entitlement;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.events.CloudEvent;
import io.growalert.events.Entitlement;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import io.growalert.testkit.TestKafka;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

class EntitlementTopicTest {
    private static final Duration GRACE = Duration.ofDays(7);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private volatile Instant now = Instant.now();
    private final KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
            Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer());
    private @Nullable EntitlementTopic topic;

    @BeforeEach
    void create() {
        new TopicCreator(KafkaConnection.at(TestKafka.bootstrapServers()), 3)
                .createMissing(List.of(Topics.ENTITLEMENTS));
    }

    @AfterEach
    void close() {
        if (topic != null) {
            topic.stop();
        }
        producer.close();
    }

    @Test
    void a_customer_is_paused_from_the_end_of_the_grace_on_until_it_is_paid() {
        send("cus_1", false, now.minus(GRACE).plusSeconds(60));
        heartbeat();
        var entitlements = started();

        assertThat(entitlements.isPaused("cus_1")).as("in the grace").isFalse();
        now = now.plusSeconds(60);
        assertThat(entitlements.isPaused("cus_1")).isTrue();
        send("cus_1", true, now.plusSeconds(60));

        await().atMost(PATIENCE).until(() -> !entitlements.isPaused("cus_1"));
    }

    @Test
    void what_is_unknown_unreadable_or_removed_is_not_paused() {
        var ended = now.minus(Duration.ofDays(30));
        send("cus_2", false, ended);
        send("cus_unreadable", false, ended);
        send("cus_removed", false, ended);
        send("cus_unreadable", "{".getBytes(UTF_8));
        send("cus_removed", null);
        heartbeat();
        var entitlements = started();

        assertThat(entitlements.isPaused("cus_2")).isTrue();
        assertThat(entitlements.isPaused("cus_unreadable")).isFalse();
        assertThat(entitlements.isPaused("cus_removed")).isFalse();
        assertThat(entitlements.isPaused("cus_unknown")).isFalse();
        assertThat(entitlements.isPaused(null)).isFalse();
    }

    @Test
    void nothing_is_paused_while_the_topic_is_stale() {
        send("cus_3", false, now.minus(Duration.ofDays(30)));
        heartbeat();
        var entitlements = started();
        var health = new EntitlementHealth(entitlements);
        assertThat(entitlements.isPaused("cus_3")).isTrue();
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);

        now = now.plus(EntitlementTopic.STALE_AFTER).plusSeconds(30);

        assertThat(entitlements.isPaused("cus_3")).isFalse();
        assertThat(health.health().getStatus().getCode()).isEqualTo("DEGRADED");
        assertThat(health.health().getDetails())
                .hasToString("{reason=growalert.entitlements is stale: no heartbeat of the billing-service for 15 min;"
                        + " no monitor is paused}");
    }

    @Test
    void a_record_that_is_repeated_does_not_pause_a_customer_who_paid() {
        publish(new Entitlement("cus_5", 5, now, "active", true, now.plusSeconds(60)));
        publish(new Entitlement("cus_5", 4, now, "canceled", false, now.minus(Duration.ofDays(30))));
        publish(new Entitlement("cus_restored", 9, now.minusSeconds(9), "canceled", false, Instant.EPOCH));
        publish(new Entitlement("cus_restored", 3, now, "active", true, now.plusSeconds(60)));
        send("cus_6", false, now.minus(Duration.ofDays(30)));
        heartbeat();
        var entitlements = started();

        assertThat(entitlements.isPaused("cus_5")).isFalse();
        assertThat(entitlements.isPaused("cus_restored"))
                .as("a later state with a lower version, since the database was restored")
                .isFalse();
        assertThat(entitlements.isPaused("cus_6")).isTrue();
    }

    @Test
    void a_heartbeat_of_a_clock_that_ran_ahead_proves_nothing() {
        var yesterday = now.minus(Duration.ofDays(1));
        send("cus_7", false, now.minus(Duration.ofDays(30)));
        heartbeat();
        now = yesterday;
        var entitlements = begun();

        awaitStale(entitlements);
        assertThat(entitlements.isPaused("cus_7")).isFalse();
    }

    @Test
    void a_heartbeat_that_waited_in_the_outbox_is_as_old_as_it_was_added() {
        send("cus_8", false, now.minus(Duration.ofDays(30)));
        var added = now.minus(EntitlementTopic.STALE_AFTER).minusSeconds(1);
        var headers = new CloudEvent("h", "/s", CloudEvent.HEARTBEAT, "h", added).headers();
        var _ = producer.send(new ProducerRecord<>(Topics.ENTITLEMENTS, null, Entitlement.HEARTBEAT, null, headers));
        producer.flush();
        var entitlements = begun();
        awaitStale(entitlements);
        assertThat(entitlements.isPaused("cus_8")).isFalse();

        heartbeat();

        await().atMost(PATIENCE).until(() -> entitlements.isPaused("cus_8"));
    }

    @Test
    void a_result_is_ignored_by_when_it_was_appended() {
        var paused = now.minusSeconds(60);
        send("cus_9", false, paused.minus(GRACE));
        heartbeat();
        var entitlements = started();

        assertThat(entitlements.wasPaused("cus_9", paused.minusMillis(1)))
                .as("before the pause, though it is processed in it")
                .isFalse();
        assertThat(entitlements.wasPaused("cus_9", paused)).isTrue();
        assertThat(entitlements.wasPaused("cus_9", now)).isTrue();
        assertThat(entitlements.wasPaused(
                        "cus_9", now.plus(EntitlementTopic.BEHIND_AFTER).plusSeconds(1)))
                .as("since the topic was read, a payment may have resumed it")
                .isFalse();
        assertThat(entitlements.wasPaused(null, now)).isFalse();
    }

    @Test
    void nothing_is_paused_unless_it_is_enforced() {
        send("cus_4", false, now.minus(Duration.ofDays(30)));
        heartbeat();
        var entitlements = new EntitlementTopic(
                KafkaConnection.at(TestKafka.bootstrapServers()), new EntitlementSettings(false, GRACE), () -> now);
        entitlements.start();

        assertThat(entitlements.isRunning()).isFalse();
        assertThat(entitlements.isReady()).isTrue();
        assertThat(entitlements.isPaused("cus_4")).isFalse();
        assertThat(entitlements.obstacle()).isEmpty();
    }

    /** Read to the end of the topic. */
    private EntitlementTopic started() {
        var started = begun();
        assertThat(started.isReady()).isFalse();
        await().atMost(PATIENCE).until(() -> started.obstacle().isEmpty());
        assertThat(started.isReady()).isTrue();
        return started;
    }

    private EntitlementTopic begun() {
        var begun = new EntitlementTopic(
                KafkaConnection.at(TestKafka.bootstrapServers()), new EntitlementSettings(true, GRACE), () -> now);
        topic = begun;
        begun.start();
        return begun;
    }

    private static void awaitStale(EntitlementTopic entitlements) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(entitlements.obstacle())
                .hasValueSatisfying(reason -> assertThat(reason).contains("stale")));
    }

    private void publish(Entitlement entitlement) {
        send(entitlement.customer(), Json.write(entitlement));
    }

    private void send(String customer, boolean entitled, Instant until) {
        var status = entitled ? "active" : "canceled";
        publish(new Entitlement(customer, 1, until, status, entitled, until));
    }

    private void heartbeat() {
        send(Entitlement.HEARTBEAT, null);
    }

    private void send(String key, byte @Nullable [] value) {
        var _ = producer.send(new ProducerRecord<>(Topics.ENTITLEMENTS, key, value));
        producer.flush();
    }
}
