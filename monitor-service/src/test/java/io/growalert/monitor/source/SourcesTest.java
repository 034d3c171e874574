package io.growalert.monitor.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError;
import io.growalert.monitor.memory.MemorySource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SourcesTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Sources sources = new Sources(meters);

    @AfterEach
    void close() {
        sources.close();
    }

    @Test
    void an_unchanged_source_stays_open_and_a_changed_one_is_opened_anew() throws Exception {
        sources.replace(Map.of("same", memory("same", 8), "other", memory("before", 8)));
        sources.replace(Map.of("same", memory("same", 8), "other", memory("after", 8)));

        assertThat(MemorySource.OPENED.stream().filter("same"::equals)).hasSize(1);
        assertThat(MemorySource.OPENED).contains("before", "after");
        assertThat(MemorySource.CLOSED).contains("before").doesNotContain("same", "after");
        assertThat(sources.query("other", query("q"))).containsExactly(new Row(Map.of(), 1));
    }

    @Test
    void a_removed_source_closes_after_its_last_query() throws Exception {
        var queried = new CountDownLatch(1);
        var answer = new CountDownLatch(1);
        MemorySource.answer("slow", query -> {
            queried.countDown();
            answer.await();
            return List.of();
        });
        sources.replace(Map.of("m", memory("busy", 8)));
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = executor.submit(() -> sources.query("m", query("slow")));
            queried.await();

            sources.replace(Map.of());

            assertThat(MemorySource.CLOSED).doesNotContain("busy");
            answer.countDown();
            assertThat(running.get()).isEmpty();
            await().untilAsserted(() -> assertThat(MemorySource.CLOSED).contains("busy"));
        }
    }

    @Test
    void an_undefined_source_cannot_be_queried() {
        assertThatThrownBy(() -> sources.query("unknown", query("q")))
                .isInstanceOfSatisfying(
                        SourceException.class, e -> assertThat(e.kind()).isEqualTo(CheckError.Kind.SOURCE))
                .hasMessage("source unknown is not configured here");
    }

    @Test
    void a_source_that_cannot_be_opened_does_not_keep_others_from_being_opened() throws Exception {
        sources.replace(Map.of(
                "bad",
                new SourceDefinition(new CannotOpen(), 8),
                "good",
                memory("good", 8),
                "more",
                memory("more", 8)));

        assertThat(sources.query("good", query("q"))).hasSize(1);
        assertThat(sources.query("more", query("q"))).hasSize(1);
        assertThatThrownBy(() -> sources.query("bad", query("q"))).isInstanceOf(SourceException.class);
    }

    private record CannotOpen() implements SourceConfig {
        @Override
        public Optional<String> problemWith(@Nullable String language, String query) {
            return Optional.empty();
        }

        @Override
        public boolean usesFrom(@Nullable String language, String query) {
            return false;
        }

        @Override
        public Source open() {
            throw new IllegalArgumentException("no such driver");
        }
    }

    @Test
    void a_source_gets_no_query_until_it_answered_a_probe() throws Exception {
        long opened = System.nanoTime();
        var up = new CountDownLatch(1);
        MemorySource.probe("late", up::await);
        var queried = new CountDownLatch(1);
        MemorySource.answer("early", query -> {
            queried.countDown();
            return List.of();
        });
        sources.replace(Map.of("m", memory("late", 8)));
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = executor.submit(() -> sources.query("m", query("early")));
            var impatient = new Query("m", null, "early", null, Instant.EPOCH, Duration.ofMillis(20));
            assertThatThrownBy(() -> sources.query("m", impatient))
                    .isInstanceOfSatisfying(
                            SourceException.class, e -> assertThat(e.kind()).isEqualTo(CheckError.Kind.TIMEOUT));
            assertThat(queried.getCount()).isEqualTo(1);
            assertThat(sources.isWarmingUp("m", opened, Duration.ofMinutes(1))).isTrue();

            up.countDown();

            assertThat(running.get()).isEmpty();
            assertThat(sources.isWarmingUp("m", opened, Duration.ofMinutes(1))).isFalse();
        }
    }

    @Test
    void every_call_is_counted_by_its_outcome() throws Exception {
        MemorySource.answer("refused", query -> {
            throw new SourceException(CheckError.Kind.QUERY, "no such column");
        });
        sources.replace(Map.of("m", memory("counted", 8)));

        sources.query("m", query("q"));
        assertThatThrownBy(() -> sources.query("m", query("refused"))).hasMessage("no such column");

        assertThat(calls("answered")).isEqualTo(1);
        assertThat(calls("query")).isEqualTo(1);
    }

    private long calls(String outcome) {
        return meters.get("growalert.source.calls")
                .tag("source", "m")
                .tag("outcome", outcome)
                .timer()
                .count();
    }

    private static SourceDefinition memory(String name, int limit) {
        return new SourceDefinition(new MemorySource.Config(name), limit);
    }

    private static Query query(String text) {
        return new Query("m", null, text, null, Instant.EPOCH, Duration.ofSeconds(5));
    }
}
