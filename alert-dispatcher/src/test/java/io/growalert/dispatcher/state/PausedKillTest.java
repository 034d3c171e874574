package io.growalert.dispatcher.state;

import static io.growalert.dispatcher.state.ExampleMonitor.AT_ONCE;
import static io.growalert.dispatcher.state.ExampleMonitor.paidBy;
import static io.growalert.dispatcher.state.ExampleMonitor.room;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.events.AlertEvent;
import io.growalert.events.Entitlement;
import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import io.growalert.testkit.TestKafka;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real broker with one partition: a pause begins, lasts and ends while the process is killed again and again. */
class PausedKillTest {
    private static final String CUSTOMER = "cus_PausedKillTest";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @TempDir
    Path data;

    private final TestKafka broker = new TestKafka();
    private final MonitorDefinition paid = pushed("paid");
    private final MonitorDefinition unpaid = pushed("unpaid");
    private KafkaProducer<String, byte[]> producer;
    private AlertsReader alerts;
    private @Nullable Process process;
    private int slot;

    private static MonitorDefinition pushed(String id) {
        var like = ExampleMonitor.monitor(id, AT_ONCE, OnMissing.IGNORE, OnMissing.FAIL, null);
        return paidBy(id.equals("unpaid") ? CUSTOMER : "cus_other", MonitorDefinition.PUSH, like);
    }

    @BeforeEach
    void start() {
        var topics = new ArrayList<>(StateTopology.TOPICS);
        topics.add(Topics.ENTITLEMENTS);
        new TopicCreator(KafkaConnection.at(broker.address()), 1).createMissing(topics);
        producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.address()),
                new StringSerializer(),
                new ByteArraySerializer());
        alerts = new AlertsReader(broker.address());
    }

    @AfterEach
    void stop() throws InterruptedException {
        kill();
        alerts.close();
        producer.close();
        broker.close();
    }

    @Test
    void an_incident_stays_during_the_pause_and_goes_on_after_it() throws Exception {
        Stream.of(paid, unpaid).forEach(monitor -> send(Topics.MONITORS, monitor.id(), Json.write(monitor)));
        restart();
        push(1200);
        awaitThat(unpaid, "firing");

        entitle(false, now.minus(Duration.ofDays(30)));
        kill();
        restart();
        // the order in the partition proves that what was pushed to the paused one was processed, and ignored
        push(500);
        awaitThat(paid, "firing", "resolved");
        push(1200);
        awaitThat(paid, "firing", "resolved", "firing");
        assertThat(transitions(unpaid)).containsExactly("firing");

        entitle(true, now.plus(Duration.ofDays(30)));
        kill();
        restart();
        push(500);

        awaitThat(paid, "firing", "resolved", "firing", "resolved");
        awaitThat(unpaid, "firing", "resolved");
        assertThat(alerts.of(unpaid.id()).stream().map(AlertEvent::incident).distinct())
                .hasSize(1);
    }

    /** A result of both monitors, the paused one first. */
    private void push(double value) {
        slot++;
        for (var monitor : List.of(unpaid, paid)) {
            var at = now.minus(Duration.ofDays(1)).plusSeconds(10L * slot);
            var result = ExampleMonitor.result(monitor.id(), at, 1, 1, List.of(room("r1", value)), null);
            send(Topics.CHECK_RESULTS, monitor.id(), Json.write(result));
        }
    }

    private void entitle(boolean entitled, Instant until) {
        var status = entitled ? "active" : "canceled";
        send(Topics.ENTITLEMENTS, CUSTOMER, Json.write(new Entitlement(CUSTOMER, 1, now, status, entitled, until)));
        send(Topics.ENTITLEMENTS, Entitlement.HEARTBEAT, null);
    }

    private void send(String topic, String key, byte @Nullable [] value) {
        var _ = producer.send(new ProducerRecord<>(topic, key, value));
        producer.flush();
    }

    private void awaitThat(MonitorDefinition monitor, String... transitions) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(transitions(monitor)).containsExactly(transitions));
    }

    private List<String> transitions(MonitorDefinition monitor) {
        return alerts.of(monitor.id()).stream()
                .map(event -> event.type().wire())
                .toList();
    }

    private void restart() throws IOException {
        process = ForkedState.start(broker.address(), data, true);
    }

    private void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }
}
