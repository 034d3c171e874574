package io.growalert.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError;
import io.growalert.events.CheckResult;
import io.growalert.events.CloudEvent;
import io.growalert.events.Heartbeat;
import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.events.Topics;
import io.growalert.monitor.memory.MemorySource;
import io.growalert.monitor.publish.ResultSender;
import io.growalert.monitor.run.AssignedMonitors;
import io.growalert.monitor.source.SourceException;
import io.growalert.runtime.StartFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole service on a real Kafka, with a source in memory. */
class MonitorServiceTest {
    private static final String HEAD = "sources: {m: {memory: {name: m}}}\nmonitors:\n";
    private static @Nullable TestBroker shared;

    @TempDir
    private Path folder;

    private Path file = Path.of("definitions.yaml");

    @BeforeAll
    static void startKafka() {
        shared = new TestBroker();
    }

    @AfterAll
    static void stopKafka() {
        broker().close();
    }

    @BeforeEach
    void setUp() {
        file = folder.resolve("definitions.yaml");
    }

    @AfterEach
    void removeMonitors() {
        broker().removeMonitors();
    }

    private static TestBroker broker() {
        return Objects.requireNonNull(shared);
    }

    @Test
    void what_a_source_answers_is_a_result_on_the_topic() throws Exception {
        MemorySource.answer("two-rooms :from", query -> {
            assertThat(query.from()).isEqualTo(query.to().minusSeconds(300));
            return List.of(new Row(Map.of("room", "r1"), 1203.5), new Row(Map.of("room", "r2"), 612));
        });
        MemorySource.answer("unreachable", query -> {
            throw new SourceException(CheckError.Kind.SOURCE, "connection refused");
        });
        MemorySource.answer("hangs", query -> {
            new CountDownLatch(1).await();
            return List.of();
        });
        write("""
                  - {id: rooms, every: 1s, source: m, query: "two-rooms :from", window: 5m, fail: {above: 1000}, labels: {site: n}}
                  - {id: unreachable, every: 1s, source: m, query: unreachable, onError: degraded}
                  - {id: hangs, every: 1s, timeout: 100ms, source: m, query: hangs}
                """);

        try (var instance = start(Map.of())) {
            await().untilAsserted(() -> assertThat(broker().resultsOf("rooms")).hasSizeGreaterThan(1));
            await().untilAsserted(
                            () -> assertThat(broker().resultsOf("unreachable")).isNotEmpty());
            await().untilAsserted(() -> assertThat(broker().resultsOf("hangs")).isNotEmpty());

            var result = broker().resultsOf("rooms").getFirst();
            assertThat(result.status()).isEqualTo(Status.FAILED);
            assertThat(result.labels()).isEqualTo(Map.of("site", "n"));
            assertThat(result.series())
                    .containsExactly(
                            new SeriesResult(Map.of("room", "r1"), 1203.5, Status.FAILED, "above 1000"),
                            new SeriesResult(Map.of("room", "r2"), 612, Status.PASSED, null));
            assertThat(broker().resultsOf("unreachable").getFirst())
                    .returns(Status.DEGRADED, CheckResult::status)
                    .returns(new CheckError(CheckError.Kind.SOURCE, "connection refused"), CheckResult::error);
            assertThat(broker().resultsOf("hangs").getFirst().error())
                    .isEqualTo(new CheckError(CheckError.Kind.TIMEOUT, "no answer from source m within 100 ms"));
            assertThat(headers(recordsOf("rooms").getFirst()))
                    .containsEntry("ce_type", "io.growalert.check.result")
                    .containsEntry("ce_subject", "rooms")
                    .containsEntry("ce_id", result.eventId());
            assertThat(instance.get("/api/monitors")).contains("\"id\":\"rooms\"", "\"status\":\"FAILED\"");
            assertThat(instance.get("/actuator/health"))
                    .contains("\"partitions\":4", "\"monitors\":3")
                    .endsWith("\"status\":\"UP\"}");
            assertThat(instance.get("/actuator/prometheus"))
                    .contains("growalert_runs_total{status=\"failed\"}")
                    .contains("growalert_loop_rounds_total{loop=\"system-report\"}")
                    .contains("growalert_source_calls_seconds_count{outcome=\"source\",source=\"m\"}")
                    .contains("growalert_results_buffered_bytes")
                    .contains("growalert_run_start_delay_seconds{quantile=\"0.99\"}");
        }
    }

    @Test
    void a_run_of_many_series_comes_in_parts() throws Exception {
        MemorySource.answer("many", query -> IntStream.range(0, 2_500)
                .mapToObj(i -> new Row(Map.of("n", String.valueOf(i)), i))
                .toList());
        write("  - {id: many, every: 1s, source: m, query: many}");

        try (var _ = start(Map.of())) {
            await().untilAsserted(() -> assertThat(broker().resultsOf("many")).hasSizeGreaterThan(5));
        }

        var parts = broker().resultsOf("many").subList(0, 3);
        assertThat(parts).extracting(CheckResult::part).containsExactly(1, 2, 3);
        assertThat(parts).extracting(CheckResult::parts).containsOnly(3);
        assertThat(parts).extracting(part -> part.series().size()).containsExactly(1_000, 1_000, 500);
        assertThat(parts)
                .extracting(CheckResult::slot)
                .containsOnly(parts.getFirst().slot());
    }

    @Test
    void no_slot_runs_twice_and_those_left_out_are_counted() throws Exception {
        write("  - {id: calm, every: 1s, source: m, query: calm}");

        try (var _ = start(Map.of())) {
            await().untilAsserted(() -> assertThat(broker().resultsOf("calm")).hasSizeGreaterThan(3));
        }

        var results = broker().resultsOf("calm");
        for (int i = 1; i < results.size(); i++) {
            var gap = Duration.between(results.get(i - 1).slot(), results.get(i).slot());
            assertThat(gap).isEqualTo(Duration.ofSeconds(1 + results.get(i).missedSlots()));
        }
    }

    @Test
    void a_changed_file_is_picked_up_and_a_broken_one_changes_nothing() throws Exception {
        write("  - {id: first, every: 1s, source: m, query: first}\n  - {id: second, every: 1s, source: m, query: q}");

        try (var instance = start(Map.of("growalert.monitor.origin", "reload"))) {
            await().untilAsserted(() -> assertThat(broker().resultsOf("first")).isNotEmpty());

            write("  - {id: first, every: 1s, source: nowhere, query: first}");
            int before = broker().resultsOf("first").size();
            await().untilAsserted(() -> assertThat(broker().resultsOf("first")).hasSizeGreaterThan(before + 1));

            Files.writeString(file, """
                    sources: {m: {memory: {name: m-moved}}}
                    monitors:
                      - {id: first, every: 1s, source: m, query: first, fail: {above: 0}}
                      - {id: third, every: 1s, source: m, query: third}
                    """);
            await().untilAsserted(() ->
                    assertThat(broker().resultsOf("first").getLast().status()).isEqualTo(Status.FAILED));
            await().untilAsserted(() -> assertThat(broker().resultsOf("third")).isNotEmpty());
            await().untilAsserted(
                            () -> assertThat(instance.get("/api/monitors")).doesNotContain("second"));
            assertThat(MemorySource.OPENED).contains("m-moved");
        }

        assertThat(published("reload").keySet()).containsExactlyInAnyOrder("first", "third");
        assertThat(recordsOn(Topics.MONITORS, "first")).hasSize(2);
    }

    @Test
    void a_file_that_lost_what_runs_changes_nothing_and_degrades_health() throws Exception {
        write("  - {id: running, every: 1s, source: m, query: q}");

        try (var instance = start(Map.of("growalert.monitor.origin", "lost"))) {
            await().untilAsserted(
                            () -> assertThat(broker().resultsOf("running")).isNotEmpty());
            for (var lost : List.of("", "receivers: {ops: {}}")) {
                Files.writeString(file, lost);
                await().untilAsserted(() -> assertThat(instance.get("/actuator/health"))
                        .contains("\"status\":\"DEGRADED\"")
                        .contains(lost.isEmpty() ? "the file is empty" : "the source m is missing"));
                int before = broker().resultsOf("running").size();
                await().untilAsserted(
                                () -> assertThat(broker().resultsOf("running")).hasSizeGreaterThan(before + 1));
                assertThat(broker().resultsOf("running").getLast().error()).isNull();
            }

            write("  - {id: running, every: 1s, source: m, query: q}");
            await().untilAsserted(() -> assertThat(instance.get("/actuator/health"))
                    .doesNotContain("DEGRADED")
                    .doesNotContain("definitionFiles"));
        }
    }

    @Test
    void only_what_changed_is_published_and_only_the_own_origin_is_touched() throws Exception {
        write("  - {id: shared, every: 1s, source: m, query: q}\n  - {id: kept, every: 1s, source: m, query: q}");
        runOnce("origin-a");
        runOnce("origin-a");
        assertThat(recordsOn(Topics.MONITORS, "shared")).hasSize(1);

        write("  - {id: shared, every: 2s, source: m, query: q}\n  - {id: own, every: 1s, source: m, query: q}");
        runOnce("origin-b");

        assertThat(published("origin-a").keySet()).containsExactlyInAnyOrder("shared", "kept");
        assertThat(published("origin-b").keySet()).containsExactly("own");
    }

    @Test
    void mass_removal_is_refused_without_prune() throws Exception {
        write(IntStream.range(0, 3)
                .mapToObj("  - {id: mass-%d, every: 1s, source: m, query: q}\n"::formatted)
                .reduce("", String::concat));
        runOnce("mass");
        write("  - {id: mass-new, every: 1s, source: m, query: q}");
        runOnce("mass");
        assertThat(published("mass").keySet()).containsExactlyInAnyOrder("mass-0", "mass-1", "mass-2", "mass-new");

        try (var instance = start(Map.of("growalert.monitor.origin", "mass", "growalert.monitor.prune", true))) {
            await().untilAsserted(() -> assertThat(published("mass").keySet()).containsExactly("mass-new"));

            write("  - {id: mass-later, every: 1s, source: m, query: q}");
            await().untilAsserted(() -> assertThat(instance.get("/actuator/prometheus"))
                    .contains("growalert_definitions_total{outcome=\"kept\"} 1.0"));
            assertThat(published("mass").keySet()).containsExactlyInAnyOrder("mass-new", "mass-later");
        }
    }

    @Test
    void a_defect_while_following_the_monitors_is_seen_in_the_health_and_does_not_end_the_following() throws Exception {
        write("  - {id: early, every: 1s, source: m, query: q}");
        try (var instance = start(Map.of())) {
            await().untilAsserted(
                            () -> assertThat(instance.get("/actuator/health")).contains("\"monitors\":1"));
            instance.bean(AssignedMonitors.class).close();

            write("  - {id: never, every: 1s, source: m, query: q}");

            await().untilAsserted(() -> assertThat(instance.get("/actuator/health"))
                    .contains("\"reason\":\"java.lang.IllegalStateException", "\"status\":\"DOWN\""));
            broker().removeMonitors();
            await().untilAsserted(
                            () -> assertThat(instance.get("/actuator/health")).endsWith("\"status\":\"UP\"}"));
        }
    }

    @Test
    void a_definition_that_cannot_be_used_is_counted_once_and_the_others_go_on() throws Exception {
        write("  - {id: healthy, every: 1s, source: m, query: q}");
        try (var instance = start(Map.of())) {
            await().untilAsserted(
                            () -> assertThat(broker().resultsOf("healthy")).isNotEmpty());
            broker().send(Topics.MONITORS, "poison", "{\"id\": \"poison\"".getBytes(UTF_8));
            broker().send(Topics.MONITORS, "odd", Json.write(Example.monitor("even")));
            await().untilAsserted(() -> assertThat(instance.get("/actuator/prometheus"))
                    .contains("growalert_definitions_unreadable_total 2.0"));
            int before = broker().resultsOf("healthy").size();
            await().untilAsserted(
                            () -> assertThat(broker().resultsOf("healthy")).hasSizeGreaterThan(before));
        }

        try (var instance = start(Map.of())) {
            await().untilAsserted(
                            () -> assertThat(instance.get("/api/monitors")).contains("healthy"));
            assertThat(instance.get("/actuator/prometheus")).contains("growalert_definitions_unreadable_total 0.0");
        }
    }

    @Test
    void a_definition_that_no_result_could_carry_is_rejected_and_the_others_go_on() throws Exception {
        write("  - {id: healthy, every: 1s, source: m, query: q}");
        var labels = Map.of("site", "x".repeat(700_000));
        try (var instance = start(Map.of())) {
            broker().send(Topics.MONITORS, "poison", Json.write(Example.labelled("poison", labels)));
            broker().send(Topics.MONITORS, "odd", new byte[900_000]);
            await().untilAsserted(() -> assertThat(instance.get("/actuator/prometheus"))
                    .contains("growalert_definitions_unreadable_total 2.0"));
            int before = broker().resultsOf("healthy").size();
            await().untilAsserted(
                            () -> assertThat(broker().resultsOf("healthy")).hasSizeGreaterThan(before));
            assertThat(instance.get("/actuator/health"))
                    .contains("\"loops\":{\"status\":\"UP\"}")
                    .endsWith("\"status\":\"UP\"}");
        }
    }

    @Test
    void nothing_runs_before_its_source_is_connected_and_errors_of_the_warm_up_are_not_published() throws Exception {
        var answers = new AtomicInteger();
        var up = new CountDownLatch(1);
        MemorySource.probe("starting", () -> {
            if (up.getCount() > 0) {
                throw new SourceException(CheckError.Kind.SOURCE, "starting up");
            }
        });
        MemorySource.answer("warm", query -> {
            if (answers.incrementAndGet() <= 2) {
                throw new SourceException(CheckError.Kind.SOURCE, "starting up");
            }
            return List.of(new Row(Map.of(), 1));
        });
        Files.writeString(file, """
                sources: {m: {memory: {name: starting}}}
                monitors: [{id: warm, every: 1s, source: m, query: warm}]
                """);

        try (var instance = start(Map.of())) {
            await().untilAsserted(() -> assertThat(warmUpRuns(instance)).isPositive());
            assertThat(answers).hasValue(0);

            up.countDown();

            await().untilAsserted(() -> assertThat(broker().resultsOf("warm")).isNotEmpty());
            assertThat(broker().resultsOf("warm"))
                    .allSatisfy(result -> assertThat(result.error()).isNull());
            assertThat(warmUpRuns(instance)).isGreaterThanOrEqualTo(3);

            MemorySource.answer("warm", query -> {
                throw new SourceException(CheckError.Kind.SOURCE, "down");
            });
            await().untilAsserted(() -> assertThat(
                            broker().resultsOf("warm").getLast().error())
                    .isEqualTo(new CheckError(CheckError.Kind.SOURCE, "down")));
        }
    }

    private static double warmUpRuns(Instance instance) throws IOException, InterruptedException {
        var metric = Pattern.compile("^growalert_runs_warmup_total (.*)$", Pattern.MULTILINE)
                .matcher(instance.get("/actuator/prometheus"));
        return metric.find() ? Double.parseDouble(metric.group(1)) : 0;
    }

    @Test
    void the_dead_man_is_called_while_results_are_acknowledged_and_not_otherwise() throws Exception {
        var calls = new AtomicInteger();
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/ping", exchange -> {
            calls.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        var url = "http://127.0.0.1:%d/ping".formatted(server.getAddress().getPort());
        write("  - {id: alive, every: 7d, source: m, query: q}");
        var settings = Map.of("growalert.monitor.dead-man.url", url, "growalert.monitor.dead-man.every", "100ms");
        try (var instance = start(settings)) {
            await().untilAsserted(
                            () -> assertThat(instance.get("/actuator/health")).contains("\"monitors\":1"));
            assertThat(calls).hasValue(0);

            write("  - {id: alive, every: 1s, source: m, query: q}");
            await().until(() -> calls.get() > 1);
            assertThat(broker().resultsOf("alive")).hasSizeGreaterThan(1);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_bad_definition_or_setting_stops_the_start_with_a_line_that_names_it() throws IOException {
        write("  - {id: a, every: 1s, source: nowhere, query: q}");

        assertThatThrownBy(() -> start(Map.of()))
                .isInstanceOf(StartFailure.class)
                .hasMessage(file + ":3:24: monitors[0].source: unknown source 'nowhere'; expected one of m");
        assertThatThrownBy(() -> start(Map.of("growalert.monitor.session-timeout", "soon")))
                .isInstanceOf(StartFailure.class)
                .hasMessageStartingWith("growalert.monitor.session-timeout: ");
        Map.of("partitions", "0", "session-timeout", "6m", "reload-every", "1ms", "grace", "1h", "buffer", "1KB")
                .forEach((name, value) -> assertThatThrownBy(() -> start(Map.of("growalert.monitor." + name, value)))
                        .isInstanceOf(StartFailure.class)
                        .hasMessageStartingWith("growalert.monitor." + name));
    }

    private void runOnce(String origin) throws Exception {
        try (var instance = start(Map.of("growalert.monitor.origin", origin))) {
            await().untilAsserted(() -> assertThat(instance.get("/actuator/prometheus"))
                    .contains("growalert_definitions_total{outcome=\"published\"}"));
            await().untilAsserted(
                            () -> assertThat(instance.get("/actuator/health")).contains("\"partitions\":4"));
        }
    }

    @Test
    void a_pushed_monitor_is_published_and_never_run() throws Exception {
        MemorySource.answer("other", query -> List.of(new Row(Map.of(), 1)));
        write("""
                  - {id: backup, every: 1s, source: push}
                  - {id: other, every: 1s, source: m, query: other}
                """);

        try (var instance = start(Map.of())) {
            await().untilAsserted(() -> assertThat(broker().resultsOf("other")).hasSizeGreaterThan(2));

            assertThat(published("default")).containsKey("backup");
            assertThat(broker().resultsOf("backup")).isEmpty();
            assertThat(instance.get("/api/monitors")).contains("other").doesNotContain("backup");
            assertThat(instance.get("/actuator/health")).contains("\"loaded\":true");
        }
    }

    @Test
    void each_assigned_partition_sends_heartbeats_that_count_as_no_result() throws Exception {
        write("  []\n");
        long before = heartbeats().size();

        try (var instance = start(Map.of("growalert.monitor.heartbeat", "200ms"))) {
            await().untilAsserted(() -> assertThat(heartbeats().stream()
                            .skip(before)
                            .map(ConsumerRecord::partition)
                            .distinct())
                    .containsExactlyInAnyOrder(0, 1, 2, 3));

            assertThat(instance.bean(ResultSender.class).acknowledged()).isZero();
        }

        var last = heartbeats().getLast();
        assertThat(Json.read(last.value(), CheckResult.class).series()).isEmpty();
        assertThat(headers(last)).containsEntry("ce_type", CloudEvent.CHECK_RESULT);
    }

    private static List<ConsumerRecord<String, byte[]>> heartbeats() {
        return recordsOf(Heartbeat.MONITOR);
    }

    private Instance start(Map<String, ?> settings) {
        return Instance.start(broker(), folder.resolve("data"), file, settings);
    }

    private void write(String monitors) throws IOException {
        Files.writeString(file, HEAD + monitors);
    }

    private static Map<String, MonitorDefinition> published(String origin) {
        var published = new HashMap<String, MonitorDefinition>();
        for (var record : broker().records(Topics.MONITORS)) {
            if (record.value() == null) {
                published.remove(record.key());
            } else if (!new HashSet<>(List.of("poison", "odd")).contains(record.key())) {
                published.put(record.key(), Json.read(record.value(), MonitorDefinition.class));
            }
        }
        published.values().removeIf(definition -> !definition.origin().equals(origin));
        return published;
    }

    private static List<ConsumerRecord<String, byte[]>> recordsOf(String monitor) {
        return recordsOn(Topics.CHECK_RESULTS, monitor);
    }

    private static List<ConsumerRecord<String, byte[]>> recordsOn(String topic, String key) {
        return broker().records(topic).stream()
                .filter(record -> record.key().equals(key))
                .toList();
    }

    private static Map<String, String> headers(ConsumerRecord<String, byte[]> record) {
        var headers = new HashMap<String, String>();
        record.headers().forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
        return headers;
    }
}
