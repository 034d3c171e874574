package io.growalert.dispatcher.state;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import io.growalert.testkit.TestKafka;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real broker: the topic has exactly the transitions that the results imply, whenever the process is killed. */
class KillTest {
    private static final int MONITORS = 6;
    private static final int KILLS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int EVENTS_BETWEEN_KILLS = 25;

    @TempDir
    Path data;

    private final TestKafka broker = new TestKafka();
    private final Map<MonitorDefinition, RandomRuns> monitors = new LinkedHashMap<>();
    private final Map<String, List<CheckResult>> sent = new HashMap<>();
    private final Queue<Future<RecordMetadata>> acknowledgements = new ArrayDeque<>();
    private final Instant first = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofDays(1));
    private KafkaProducer<String, byte[]> producer;
    private @Nullable Process process;
    private int slot;

    @BeforeEach
    void start() {
        new TopicCreator(KafkaConnection.at(broker.address()), 3).createMissing(StateTopology.TOPICS);
        producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.address()),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    @AfterEach
    void stop() throws InterruptedException {
        kill();
        producer.close();
        broker.close();
    }

    @Test
    void neither_loses_nor_repeats_an_event_when_it_is_killed() throws Exception {
        for (int i = 0; i < MONITORS; i++) {
            var random = new RandomRuns(i);
            var definition = ExampleMonitor.runningEvery(Duration.ofMinutes(10), random.monitor("m" + i));
            monitors.put(definition, random);
            send(Topics.MONITORS, definition.id(), definition);
        }
        try (var reader = new AlertsReader(broker.address())) {
            for (int i = 0; i < KILLS; i++) {
                restart();
                int before = reader.count();
                await().pollInterval(Duration.ofMillis(20)).atMost(PATIENCE).until(() -> {
                    sendSlot();
                    return reader.count() >= before + EVENTS_BETWEEN_KILLS;
                });
                kill();
            }
            for (var acknowledgement : acknowledgements) {
                acknowledgement.get(60, TimeUnit.SECONDS);
            }
            restart();

            var implied = implied();
            int count = implied.values().stream().mapToInt(List::size).sum();
            await().atMost(PATIENCE).until(() -> reader.count() >= count);
            reader.count();

            assertThat(reader.events).extracting(AlertEvent::id).doesNotHaveDuplicates();
            assertThat(reader.events.stream()
                            .collect(groupingBy(AlertEvent::alert, mapping(RandomRuns::transition, toList()))))
                    .isEqualTo(implied);
        }
    }

    private void sendSlot() {
        var at = first.plus(ExampleMonitor.EVERY.multipliedBy(slot++));
        monitors.forEach((definition, random) -> {
            if (!random.skips()) {
                var run = random.run(definition.id(), at);
                sent.computeIfAbsent(definition.id(), _ -> new ArrayList<>()).add(run);
                send(Topics.CHECK_RESULTS, definition.id(), run);
            }
        });
    }

    private void send(String topic, String key, Object value) {
        acknowledgements.add(producer.send(new ProducerRecord<>(topic, key, Json.write(value))));
    }

    private Map<String, List<ReplayModel.ExpectedEvent>> implied() {
        var implied = new HashMap<String, List<ReplayModel.ExpectedEvent>>();
        for (var definition : monitors.keySet()) {
            for (var published : ReplayModel.of(definition, sent.getOrDefault(definition.id(), List.of()))) {
                var alert =
                        published.own() ? Ids.alert(definition.id()) : Ids.alert(definition.id(), published.series());
                implied.computeIfAbsent(alert, _ -> new ArrayList<>()).add(published);
            }
        }
        return implied;
    }

    private void restart() throws IOException {
        process = ForkedState.start(broker.address(), data);
    }

    private void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }
}
