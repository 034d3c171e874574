package io.growalert.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckResult;
import io.growalert.monitor.memory.MemorySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka becomes unavailable and recovers, while the service continues to run its checks. */
class KafkaAwayTest {
    @TempDir
    private Path folder;

    @Test
    void checks_continue_the_oldest_whole_runs_are_dropped_and_the_rest_arrives_when_kafka_recovers() throws Exception {
        MemorySource.answer("large", query -> IntStream.range(0, 4_500)
                .mapToObj(n -> new Row(Map.of("n", String.valueOf(n)), n))
                .toList());
        var file = Files.writeString(folder.resolve("definitions.yaml"), """
                sources: {m: {memory: {name: m}}}
                monitors: [{id: large, every: 1s, source: m, query: large}]
                """);
        try (var broker = new TestBroker();
                var instance = Instance.start(
                        broker, folder.resolve("data"), file, Map.of("growalert.monitor.buffer", "1MB"))) {
            await().untilAsserted(() -> assertThat(broker.resultsOf("large")).isNotEmpty());

            broker.stop();
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(dropped(instance)).isGreaterThanOrEqualTo(2));
            broker.startAgain();

            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(instance.get("/actuator/prometheus"))
                    .contains("growalert_results_buffered_runs 0.0"));
            double dropped = dropped(instance);
            instance.stop();

            var results = broker.resultsOf("large");
            assertThat(results).extracting(CheckResult::eventId).doesNotHaveDuplicates();
            var parts = new LinkedHashMap<Instant, List<Integer>>();
            results.forEach(result -> parts.computeIfAbsent(result.slot(), slot -> new ArrayList<>())
                    .add(result.part()));
            assertThat(List.copyOf(parts.keySet())).isSorted();
            assertThat(parts.values()).containsOnly(List.of(1, 2, 3, 4, 5));
            var slots = List.copyOf(parts.keySet());
            long planned = Duration.between(slots.getFirst(), slots.getLast()).toSeconds() + 1;
            long missed = results.stream()
                    .filter(result -> result.part() == 1)
                    .mapToLong(CheckResult::missedSlots)
                    .sum();
            assertThat(planned - slots.size()).isEqualTo((long) dropped + missed);
        }
    }

    private static double dropped(Instance instance) throws IOException, InterruptedException {
        var metric = Pattern.compile("^growalert_results_dropped_total (.*)$", Pattern.MULTILINE)
                .matcher(instance.get("/actuator/prometheus"));
        return metric.find() ? Double.parseDouble(metric.group(1)) : 0;
    }
}
