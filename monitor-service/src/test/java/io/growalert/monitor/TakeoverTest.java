package io.growalert.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.events.CheckResult;
import io.growalert.monitor.run.AssignedMonitors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several instances share the monitors of one Kafka. */
class TakeoverTest {
    private static final Set<String> ALL =
            IntStream.range(0, 12).mapToObj("shared-%d"::formatted).collect(Collectors.toCollection(TreeSet::new));

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
    void setUp() throws IOException {
        define("q");
    }

    private void define(String query) throws IOException {
        var monitors = ALL.stream()
                .map(id -> "  - {id: %s, every: 1s, source: m, query: %s}\n".formatted(id, query))
                .collect(Collectors.joining());
        file = Files.writeString(
                folder.resolve("definitions.yaml"), "sources: {m: {memory: {name: m}}}\nmonitors:\n" + monitors);
    }

    @Test
    void two_instances_share_the_monitors_and_one_that_leaves_hands_its_own_over() throws Exception {
        try (var one = start("one");
                var two = start("two")) {
            await().until(() ->
                    !held(one).isEmpty() && !held(two).isEmpty() && Collections.disjoint(held(one), held(two)));
            await().untilAsserted(() -> assertThat(union(held(one), held(two))).isEqualTo(ALL));
            var calm = Instant.now();
            await().untilAsserted(
                            () -> assertThat(monitorsSince(calm.plusSeconds(1))).isEqualTo(ALL));

            one.stop();

            await().untilAsserted(() -> assertThat(held(two)).isEqualTo(ALL));
            var takenOver = Instant.now();
            await().untilAsserted(() -> assertThat(monitorsSince(takenOver)).isEqualTo(ALL));
        }
        assertThat(broker().results(any -> true))
                .extracting(CheckResult::eventId)
                .doesNotHaveDuplicates();
    }

    @Test
    void when_one_is_killed_the_other_runs_all() throws Exception {
        var killed = ForkedInstance.start(broker(), folder.resolve("killed"), file);
        try (var two = start("survivor")) {
            await().untilAsserted(() -> assertThat(held(two)).isNotEmpty().hasSizeLessThan(ALL.size()));
            var both = Instant.now();
            await().untilAsserted(() -> assertThat(monitorsSince(both)).isEqualTo(ALL));

            killed.kill();

            var dead = Instant.now();
            await().untilAsserted(
                            () -> assertThat(monitorsSince(dead.plusSeconds(1))).isEqualTo(ALL));
        } finally {
            killed.kill();
        }
    }

    @Test
    void a_rebalance_does_not_apply_old_definitions_again() throws Exception {
        try (var one = start("first")) {
            await().untilAsserted(() -> assertThat(held(one)).isEqualTo(ALL));
            define("changed");
            var monitors = one.bean(AssignedMonitors.class);
            await().until(() -> ALL.stream().allMatch(id -> monitors.find(id)
                    .filter(check -> check.definition().query().equals("changed"))
                    .isPresent()));
            var before = ALL.stream()
                    .collect(Collectors.toMap(id -> id, id -> monitors.find(id).orElseThrow()));

            try (var two = start("second")) {
                await().until(() ->
                        !held(two).isEmpty() && union(held(one), held(two)).equals(ALL));
                var calm = Instant.now();
                await().untilAsserted(() ->
                        assertThat(monitorsSince(calm.plusSeconds(1))).isEqualTo(ALL));

                var kept = held(one);
                kept.removeAll(held(two));
                assertThat(kept).isNotEmpty().allSatisfy(id -> assertThat(monitors.find(id))
                        .containsSame(before.get(id)));
            }
        }
    }

    private Instance start(String name) {
        return Instance.start(broker(), folder.resolve(name), file, Map.of());
    }

    private static TestBroker broker() {
        return Objects.requireNonNull(shared);
    }

    private static Set<String> held(Instance instance) throws IOException, InterruptedException {
        var answer = instance.get("/api/monitors");
        return ALL.stream()
                .filter(id -> answer.contains("\"" + id + "\""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> union(Set<String> one, Set<String> two) {
        var union = new TreeSet<>(one);
        union.addAll(two);
        return union;
    }

    private static Set<String> monitorsSince(Instant instant) {
        return broker().results(result -> result.slot().isAfter(instant)).stream()
                .map(CheckResult::monitor)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
