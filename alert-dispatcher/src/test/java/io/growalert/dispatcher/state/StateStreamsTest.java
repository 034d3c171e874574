package io.growalert.dispatcher.state;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import io.growalert.events.OnMissing;
import io.growalert.events.Topics;
import io.growalert.runtime.entitlement.CustomerPauses;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import io.growalert.testkit.TestKafka;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Status;

/** The alert state on a real broker, in this process. */
class StateStreamsTest {
    private static final TestKafka BROKER = new TestKafka();

    @TempDir
    Path data;

    @AfterAll
    static void stopBroker() {
        BROKER.close();
    }

    @Test
    void creates_its_topics_publishes_an_alert_and_leaves_its_group_when_it_stops() throws Exception {
        var meters = new SimpleMeterRegistry();
        var streams = new StateStreams(settings(BROKER.address()), CustomerPauses.NONE, meters);
        streams.start();
        await().atMost(Duration.ofSeconds(30)).until(() -> streams.state() == KafkaStreams.State.RUNNING);
        assertThat(new StateHealth(streams).health().getStatus()).isEqualTo(Status.UP);

        try (var admin = Admin.create(Map.of("bootstrap.servers", BROKER.address()));
                var producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", BROKER.address()),
                        new StringSerializer(),
                        new ByteArraySerializer());
                var reader = new AlertsReader(BROKER.address())) {
            assertThat(admin.listTopics().names().get()).containsAll(StateTopology.TOPICS);
            // a separate monitor: the broker's topics contain the records of the other tests too
            var definition =
                    ExampleMonitor.monitor("stops", ExampleMonitor.AT_ONCE, OnMissing.FAIL, OnMissing.FAIL, "{{}}");
            producer.send(new ProducerRecord<>(Topics.MONITORS, definition.id(), Json.write(definition)))
                    .get();
            var run = ExampleMonitor.result(
                    definition.id(), Instant.now(), 1, 1, List.of(ExampleMonitor.room("r1", 1200)), null);
            producer.send(new ProducerRecord<>(Topics.CHECK_RESULTS, definition.id(), Json.write(run)))
                    .get();
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(reader.of(definition.id()))
                    .extracting(AlertEvent::reason)
                    .containsExactly("above 1000"));
            await().untilAsserted(() -> assertThat(
                            meters.get("growalert.state.results").counter().count())
                    .isOne());
            // the pace of commits depends on their measured time
            assertThat(meters.get("growalert.state.commit").timer().count()).isPositive();

            streams.stop();
            assertThat(streams.isRunning()).isFalse();
            assertThat(new StateHealth(streams).health().getStatus()).isEqualTo(Status.DOWN);
            var group = admin.describeConsumerGroups(Set.of(StreamsSettings.APPLICATION_ID))
                    .all()
                    .get();
            assertThat(group.values())
                    .allSatisfy(members -> assertThat(members.members()).isEmpty());
        } finally {
            streams.stop();
        }
    }

    @Test
    void a_record_that_its_dead_letter_would_not_fit_in_does_not_stop_the_others() throws Exception {
        var streams = new StateStreams(settings(BROKER.address()), CustomerPauses.NONE, new SimpleMeterRegistry());
        streams.start();
        try (var producer = producer();
                var reader = new AlertsReader(BROKER.address())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> streams.state() == KafkaStreams.State.RUNNING);
            var garbage = new byte[1_048_400];
            for (var topic : List.of(Topics.MONITORS, Topics.CHECK_RESULTS, Topics.ALERT_COMMANDS)) {
                for (int partition = 0; partition < 3; partition++) {
                    producer.send(new ProducerRecord<>(topic, partition, "poison", garbage))
                            .get();
                }
            }
            var definition = ExampleMonitor.monitor(
                    "after-poison", ExampleMonitor.AT_ONCE, OnMissing.FAIL, OnMissing.FAIL, "{{}}");
            producer.send(new ProducerRecord<>(Topics.MONITORS, definition.id(), Json.write(definition)))
                    .get();
            var run = ExampleMonitor.result(
                    definition.id(), Instant.now(), 1, 1, List.of(ExampleMonitor.room("r1", 1200)), null);
            producer.send(new ProducerRecord<>(Topics.CHECK_RESULTS, definition.id(), Json.write(run)))
                    .get();

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !reader.of(definition.id()).isEmpty());
            assertThat(new StateHealth(streams).health().getStatus()).isEqualTo(Status.UP);
        } finally {
            streams.stop();
        }
    }

    @Test
    void records_that_are_not_consumed_are_a_stall() throws Exception {
        var nanos = new AtomicLong();
        try (var producer = producer();
                var admin = Admin.create(Map.of("bootstrap.servers", BROKER.address()))) {
            new TopicCreator(KafkaConnection.at(BROKER.address()), 3).createMissing(StateTopology.TOPICS);
            var sent = producer.send(new ProducerRecord<>(Topics.CHECK_RESULTS, 0, "m", new byte[0]))
                    .get();
            var partition = new TopicPartition(Topics.CHECK_RESULTS, 0);
            var group = StreamsSettings.APPLICATION_ID;
            var before = Map.of(partition, new OffsetAndMetadata(sent.offset()));
            await().untilAsserted(() ->
                    admin.alterConsumerGroupOffsets(group, before).all().get());
            var lag = new StateLag(admin, () -> Set.of(partition), nanos::get);
            lag.sample();
            assertThat(lag.stalled()).isEmpty();

            nanos.addAndGet(Duration.ofSeconds(31).toNanos());
            lag.sample();
            assertThat(lag.stalled()).contains(Topics.CHECK_RESULTS + "-0: 1 records behind, no progress for 31 s");

            var after = Map.of(partition, new OffsetAndMetadata(sent.offset() + 1));
            admin.alterConsumerGroupOffsets(group, after).all().get();
            lag.sample();
            assertThat(lag.stalled()).isEmpty();
        }
    }

    /** As with a group whose coordinator fails, while the broker answers. */
    @Test
    void a_lag_that_cannot_be_measured_is_a_stall() {
        var admin = Admin.create(Map.of("bootstrap.servers", BROKER.address()));
        admin.close();
        var lag = new StateLag(admin, () -> Set.of(new TopicPartition(Topics.CHECK_RESULTS, 0)), System::nanoTime);

        for (int i = 0; i < 6; i++) {
            lag.sample();
            assertThat(lag.stalled()).isEmpty();
        }
        lag.sample();

        assertThat(lag.stalled().orElseThrow()).startsWith("the lag is unknown: ");
    }

    @Test
    void a_dead_thread_whose_replacement_fails_is_replaced_later() throws Exception {
        var clients = new AtomicReference<DyingClients>();
        var streams = dying(clients);
        streams.start();
        try (var producer = producer();
                var reader = new AlertsReader(BROKER.address())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> streams.state() == KafkaStreams.State.RUNNING);

            requireNonNull(clients.get()).killThread(1);
            await().dontCatchUncaughtExceptions()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> requireNonNull(clients.get()).failedReplacements() > 0);

            var definition =
                    ExampleMonitor.monitor("replaced", ExampleMonitor.AT_ONCE, OnMissing.FAIL, OnMissing.FAIL, "{{}}");
            producer.send(new ProducerRecord<>(Topics.MONITORS, definition.id(), Json.write(definition)))
                    .get();
            var run = ExampleMonitor.result(
                    definition.id(), Instant.now(), 1, 1, List.of(ExampleMonitor.room("r1", 1200)), null);
            producer.send(new ProducerRecord<>(Topics.CHECK_RESULTS, definition.id(), Json.write(run)))
                    .get();
            await().dontCatchUncaughtExceptions().atMost(Duration.ofSeconds(30)).until(() -> !reader.of(definition.id())
                    .isEmpty());
        } finally {
            streams.stop();
        }
    }

    @Test
    void is_down_while_its_thread_is_dead_and_cannot_be_replaced() {
        var clients = new AtomicReference<DyingClients>();
        var streams = dying(clients);
        var health = new StateHealth(streams);
        streams.start();
        try {
            await().atMost(Duration.ofSeconds(30)).until(() -> streams.state() == KafkaStreams.State.RUNNING);

            requireNonNull(clients.get()).killThread(Integer.MAX_VALUE);
            await().dontCatchUncaughtExceptions()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> health.health().getStatus().equals(Status.DOWN));
            assertThat(health.health().getDetails().get("stalled"))
                    .isEqualTo("its thread died and could not be replaced; retrying");

            requireNonNull(clients.get()).recover();
            await().dontCatchUncaughtExceptions()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> health.health().getStatus().equals(Status.UP));
        } finally {
            streams.stop();
        }
    }

    private StateStreams dying(AtomicReference<DyingClients> clients) {
        return new StateStreams(
                settings(BROKER.address()), CustomerPauses.NONE, new SimpleMeterRegistry(), supplied -> {
                    var dying = new DyingClients(supplied);
                    clients.set(dying);
                    return dying;
                });
    }

    private static KafkaProducer<String, byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER.address()), new StringSerializer(), new ByteArraySerializer());
    }

    @Test
    void can_be_stopped_while_the_broker_is_unreachable() {
        var streams = new StateStreams(settings("127.0.0.1:1"), CustomerPauses.NONE, new SimpleMeterRegistry());
        streams.start();
        assertThat(streams.isRunning()).isTrue();
        assertThat(new StateHealth(streams).health().getStatus()).isEqualTo(Status.DOWN);

        streams.stop();
        assertThat(streams.isRunning()).isFalse();
    }

    @Test
    void retries_while_the_brokers_name_does_not_resolve() {
        // too long for a name, so that no resolver is queried
        var streams =
                new StateStreams(settings("a".repeat(64) + ":9092"), CustomerPauses.NONE, new SimpleMeterRegistry());
        streams.start();

        await().until(() -> streams.obstacle().isPresent());
        assertThat(new StateHealth(streams).health().getStatus()).isEqualTo(Status.DOWN);
        streams.stop();
    }

    @Test
    void starts_once_a_wrong_topic_is_fixed() throws Exception {
        var streams = new StateStreams(settings(BROKER.address()), CustomerPauses.NONE, new SimpleMeterRegistry());
        try (var admin = Admin.create(Map.of("bootstrap.servers", BROKER.address()))) {
            new TopicCreator(KafkaConnection.at(BROKER.address()), 3).createMissing(StateTopology.TOPICS);
            setCleanupPolicy(admin, "delete");
            streams.start();
            await().until(() -> streams.obstacle().isPresent());
            assertThat(new StateHealth(streams).health().getDetails().get("obstacle"))
                    .asString()
                    .contains("cleanup.policy=delete");

            setCleanupPolicy(admin, "compact");

            await().atMost(Duration.ofSeconds(30)).until(() -> streams.state() == KafkaStreams.State.RUNNING);
            assertThat(streams.obstacle()).isEmpty();
        } finally {
            streams.stop();
        }
    }

    private static void setCleanupPolicy(Admin admin, String policy) throws Exception {
        var topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.MONITORS);
        var change = new AlterConfigOp(new ConfigEntry("cleanup.policy", policy), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(topic, List.of(change))).all().get();
    }

    @Test
    void a_record_without_a_timestamp_is_as_old_as_its_partition() {
        var record = new ConsumerRecord<Object, Object>("t", 0, 0, "k", "v"); // its timestamp is -1

        assertThat(new RecordTimestamp().extract(record, 42)).isEqualTo(42);
        assertThat(new RecordTimestamp().extract(record, -1)).isZero();
        assertThat(StreamsSettings.of(settings("127.0.0.1:1")).get("default.timestamp.extractor"))
                .isEqualTo(RecordTimestamp.class);
    }

    @Test
    void is_a_static_member_of_the_group_under_its_instance_id() {
        var name = StreamsSettings.of(settings("127.0.0.1:1")).get("main.consumer.group.instance.id");

        assertThat(name).isEqualTo("one");
    }

    @Test
    void none_of_its_consumers_makes_the_broker_create_a_topic() {
        assertThat(StreamsSettings.of(settings("127.0.0.1:1")))
                .containsEntry("consumer.allow.auto.create.topics", false);
    }

    private StateSettings settings(String bootstrapServers) {
        return new StateSettings(
                KafkaConnection.at(bootstrapServers),
                data,
                "one",
                3,
                Duration.ofSeconds(6),
                Duration.ofSeconds(3),
                Duration.ofSeconds(30));
    }
}
