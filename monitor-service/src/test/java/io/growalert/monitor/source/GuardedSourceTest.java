package io.growalert.monitor.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class GuardedSourceTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final List<Row> ROWS = List.of(new Row(Map.of("room", "r1"), 1));

    private interface Answer {
        List<Row> give() throws SourceException, InterruptedException;
    }

    private interface Probe {
        void run() throws SourceException, InterruptedException;
    }

    private static final class FakeSource implements Source {
        final AtomicInteger queried = new AtomicInteger();
        final AtomicReference<Duration> timeout = new AtomicReference<>(LONG);
        volatile Answer answer = () -> ROWS;
        volatile Probe probe = () -> {
            throw new SourceException(Kind.SOURCE, "no answer to the probe");
        };
        final AtomicInteger probes = new AtomicInteger();
        volatile boolean closed;

        @Override
        public List<Row> query(Query query) throws SourceException, InterruptedException {
            queried.incrementAndGet();
            timeout.set(query.timeout());
            return answer.give();
        }

        @Override
        public void probe(Duration limit) throws SourceException, InterruptedException {
            probes.incrementAndGet();
            probe.run();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private final FakeSource source = new FakeSource();

    private static Query query(Duration timeout) {
        return query("m", timeout);
    }

    private static Query query(String monitor, Duration timeout) {
        return new Query(monitor, null, "SELECT 1", null, Instant.EPOCH, timeout);
    }

    private static Answer failing(Kind kind, String message) {
        return () -> {
            throw new SourceException(kind, message);
        };
    }

    private static SourceException failure(Source source) {
        return catchThrowableOfType(SourceException.class, () -> source.query(query(LONG)));
    }

    @Test
    void passes_the_answer_through() throws Exception {
        try (var guarded = new GuardedSource("farm-db", source, 2)) {
            assertThat(guarded.query(query(LONG))).isEqualTo(ROWS);
            assertThat(guarded.state()).isEqualTo(new GuardedSource.State(false, 0, 0, 2, null));
        }
        assertThat(source.closed).isTrue();
    }

    @Test
    void runs_no_more_queries_at_once_than_the_limit() throws Exception {
        var release = new CountDownLatch(1);
        source.answer = () -> {
            release.await();
            return ROWS;
        };
        try (var guarded = new GuardedSource("farm-db", source, 1)) {
            var first = inBackground(guarded);
            await().until(() -> guarded.state().running() == 1);

            assertThatExceptionOfType(SourceException.class)
                    .isThrownBy(() -> guarded.query(query(SHORT)))
                    .withMessage("source farm-db is at its limit of 1 queries")
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.SOURCE));
            assertThat(source.queried).hasValue(1);

            var second = inBackground(guarded);
            await().until(() -> guarded.state().waiting() == 1);
            release.countDown();
            assertThat(first.join()).isEqualTo(ROWS);
            assertThat(second.join()).isEqualTo(ROWS);
            assertThat(source.timeout.get()).isLessThan(LONG);
        }
    }

    private static CompletableFuture<List<Row>> inBackground(Source source) {
        return inBackground(source, "m");
    }

    private static CompletableFuture<List<Row>> inBackground(Source source, String monitor) {
        var answer = new CompletableFuture<List<Row>>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(source.query(query(monitor, LONG)));
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    @Test
    void opens_the_circuit_after_consecutive_failures_and_reports_the_last_reason() {
        try (var guarded = new GuardedSource("farm-db", source, 1, 3, LONG)) {
            source.answer = failing(Kind.TIMEOUT, "no answer in time");
            failure(guarded);
            failure(guarded);
            await().until(() -> source.probes.get() > 0);
            assertThat(guarded.state().circuitOpen()).isFalse();
            source.answer = failing(Kind.SOURCE, "connection refused");
            failure(guarded);
            await().until(() -> guarded.state().circuitOpen());

            var rejection = failure(guarded);

            assertThat(rejection.kind()).isEqualTo(Kind.SOURCE);
            assertThat(rejection)
                    .hasMessage("source farm-db: circuit breaker open after consecutive failures: connection refused");
            assertThat(source.queried).hasValue(3);
            assertThat(guarded.state().circuitOpen()).isTrue();
            assertThat(guarded.state().lastFailure()).isEqualTo("connection refused");
        }
    }

    @Test
    void retries_after_the_delay_and_closes_the_circuit_when_the_source_recovers() {
        try (var guarded = new GuardedSource("farm-db", source, 1, 1, SHORT)) {
            source.answer = failing(Kind.SOURCE, "connection refused");
            failure(guarded);
            source.answer = () -> ROWS;

            await().until(() -> failure(guarded) == null);

            assertThat(guarded.state()).isEqualTo(new GuardedSource.State(false, 0, 0, 1, null));
        }
    }

    @Test
    void stays_open_when_the_trial_fails_too() {
        try (var guarded = new GuardedSource("farm-db", source, 1, 1, SHORT)) {
            source.answer = failing(Kind.SOURCE, "connection refused");
            failure(guarded);

            await().until(() -> {
                failure(guarded);
                return source.queried.get() >= 3;
            });

            assertThat(guarded.state().circuitOpen()).isTrue();
        }
    }

    @Test
    void a_refused_query_does_not_open_the_circuit() {
        try (var guarded = new GuardedSource("farm-db", source, 1, 2, LONG)) {
            source.answer = failing(Kind.SOURCE, "connection refused");
            failure(guarded);
            source.answer = failing(Kind.QUERY, "syntax error");
            failure(guarded);
            failure(guarded);
            source.answer = failing(Kind.SOURCE, "connection refused");
            failure(guarded);

            assertThat(guarded.state().circuitOpen()).isFalse();
        }
    }

    @Test
    void a_defect_of_the_source_counts_as_a_failure() {
        try (var guarded = new GuardedSource("farm-db", source, 1, 1, LONG)) {
            source.answer = () -> {
                throw new IllegalStateException("a defect");
            };
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> guarded.query(query(LONG)));
            assertThat(failure(guarded)).hasMessageContaining("a defect");
        }
    }

    @Test
    void an_interrupt_ends_the_wait_for_a_permit_and_leaks_none() throws Exception {
        var release = new CountDownLatch(1);
        source.answer = () -> {
            release.await();
            return ROWS;
        };
        try (var guarded = new GuardedSource("farm-db", source, 1)) {
            var first = inBackground(guarded);
            await().until(() -> guarded.state().running() == 1);
            var interrupted = new CompletableFuture<Boolean>();
            var waiting = Thread.ofVirtual().start(() -> {
                try {
                    guarded.query(query(LONG));
                } catch (InterruptedException e) {
                    interrupted.complete(true);
                } catch (SourceException e) {
                    interrupted.complete(false);
                }
            });
            await().until(() -> guarded.state().waiting() == 1);

            waiting.interrupt();

            assertThat(interrupted.join()).isTrue();
            release.countDown();
            assertThat(first.join()).isEqualTo(ROWS);
            assertThat(guarded.query(query(LONG))).isEqualTo(ROWS);
        }
    }

    @Test
    void a_hanging_source_that_is_interrupted_counts_as_failing() throws Exception {
        source.answer = () -> {
            throw new InterruptedException();
        };
        try (var guarded = new GuardedSource("farm-db", source, 1, 1, LONG)) {
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> guarded.query(query(LONG)));
            await().until(() -> guarded.state().circuitOpen());
            assertThat(failure(guarded))
                    .hasMessageEndingWith("circuit breaker open after consecutive failures: no answer in time");
        }
    }

    @Test
    void a_query_that_the_source_canceled_is_an_answer_and_never_opens_the_circuit() {
        source.answer = () -> {
            throw SourceException.canceled("canceled by statement timeout", null);
        };
        try (var guarded = new GuardedSource("farm-db", source, 1, 1, LONG)) {
            assertThat(failure(guarded).kind()).isEqualTo(Kind.TIMEOUT);
            assertThat(failure(guarded)).hasMessage("canceled by statement timeout");

            assertThat(guarded.state().circuitOpen()).isFalse();
            assertThat(source.probes).hasValue(0);
        }
    }

    @Test
    void a_timeout_does_not_count_when_the_source_answers_the_probe() {
        source.answer = failing(Kind.TIMEOUT, "no answer in time");
        source.probe = () -> {};
        try (var guarded = new GuardedSource("farm-db", source, 1, 1, LONG)) {
            for (int i = 1; i <= 3; i++) {
                int probes = i;
                assertThat(failure(guarded)).hasMessage("no answer in time");
                await().until(() ->
                        source.probes.get() == probes && guarded.state().lastFailure() == null);
            }

            assertThat(guarded.state().circuitOpen()).isFalse();
        }
    }

    @Test
    void a_probe_never_delays_a_result_and_is_the_only_one_at_a_time() throws Exception {
        var release = new CountDownLatch(1);
        source.answer = failing(Kind.TIMEOUT, "no answer in time");
        source.probe = () -> {
            release.await();
            throw new SourceException(Kind.SOURCE, "no answer to the probe");
        };
        try (var guarded = new GuardedSource("farm-db", source, 1, 3, LONG)) {
            failure(guarded);
            await().until(() -> source.probes.get() == 1);
            failure(guarded);
            failure(guarded);

            assertThat(guarded.state().circuitOpen()).isFalse();
            assertThat(source.probes).hasValue(1);
            release.countDown();
            await().until(() -> guarded.state().circuitOpen());
            assertThat(source.probes).hasValue(2);
        }
    }

    @Test
    void monitors_that_timed_out_share_half_of_the_limit_so_that_others_are_not_kept_waiting() throws Exception {
        var release = new CountDownLatch(1);
        source.probe = () -> {};
        source.answer = failing(Kind.TIMEOUT, "no answer in time");
        try (var guarded = new GuardedSource("farm-db", source, 4)) {
            for (int i = 0; i < 6; i++) {
                var slow = query("slow-" + i, LONG);
                assertThatExceptionOfType(SourceException.class).isThrownBy(() -> guarded.query(slow));
            }
            source.answer = () -> {
                release.await();
                return ROWS;
            };
            for (int i = 0; i < 6; i++) {
                var _ = inBackground(guarded, "slow-" + i);
            }
            await().until(() -> guarded.state().waiting() == 4);
            source.answer = () -> ROWS;

            assertThat(guarded.query(query("good", LONG))).isEqualTo(ROWS);
            assertThat(guarded.state().running()).isEqualTo(2);
            release.countDown();
            await().until(() -> guarded.state().running() == 0);
        }
    }
}
