package io.growalert.monitor.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

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

    private static final class FakeSource implements Source {
        final AtomicInteger asked = new AtomicInteger();
        final AtomicReference<Duration> timeout = new AtomicReference<>(LONG);
        volatile Answer answer = () -> ROWS;
        volatile boolean closed;

        @Override
        public List<Row> query(Query query) throws SourceException, InterruptedException {
            asked.incrementAndGet();
            timeout.set(query.timeout());
            return answer.give();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private final FakeSource source = new FakeSource();

    private static Query query(Duration timeout) {
        return new Query(null, "SELECT 1", null, Instant.EPOCH, timeout);
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
    void passesTheAnswerThrough() throws Exception {
        try (var guarded = new GuardedSource("farm-db", source, 2)) {
            assertThat(guarded.query(query(LONG))).isEqualTo(ROWS);
            assertThat(guarded.state()).isEqualTo(new GuardedSource.State(false, 0, 0, 2, null));
        }
        assertThat(source.closed).isTrue();
    }

    @Test
    void asksNoMoreAtOnceThanTheLimitAllows() throws Exception {
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
            assertThat(source.asked).hasValue(1);

            var second = inBackground(guarded);
            await().until(() -> guarded.state().waiting() == 1);
            release.countDown();
            assertThat(first.join()).isEqualTo(ROWS);
            assertThat(second.join()).isEqualTo(ROWS);
            assertThat(source.timeout.get()).isLessThan(LONG);
        }
    }

    private static CompletableFuture<List<Row>> inBackground(Source source) {
        var answer = new CompletableFuture<List<Row>>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(source.query(query(LONG)));
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    @Test
    void opensTheCircuitAfterConsecutiveFailuresAndTellsTheLastReason() {
        try (var guarded = new GuardedSource("farm-db", source, 1, 3, LONG)) {
            source.answer = failing(Kind.TIMEOUT, "no answer in time");
            failure(guarded);
            failure(guarded);
            assertThat(guarded.state().circuitOpen()).isFalse();
            source.answer = failing(Kind.SOURCE, "connection refused");
            failure(guarded);

            var told = failure(guarded);

            assertThat(told.kind()).isEqualTo(Kind.SOURCE);
            assertThat(told).hasMessage("source farm-db is not asked for now, it kept failing: connection refused");
            assertThat(source.asked).hasValue(3);
            assertThat(guarded.state().circuitOpen()).isTrue();
            assertThat(guarded.state().lastFailure()).isEqualTo("connection refused");
        }
    }

    @Test
    void triesAgainAfterTheDelayAndClosesTheCircuitWhenTheSourceIsBack() {
        try (var guarded = new GuardedSource("farm-db", source, 1, 1, SHORT)) {
            source.answer = failing(Kind.SOURCE, "connection refused");
            failure(guarded);
            source.answer = () -> ROWS;

            await().until(() -> failure(guarded) == null);

            assertThat(guarded.state()).isEqualTo(new GuardedSource.State(false, 0, 0, 1, null));
        }
    }

    @Test
    void staysOpenWhenTheTrialFailsToo() {
        try (var guarded = new GuardedSource("farm-db", source, 1, 1, SHORT)) {
            source.answer = failing(Kind.SOURCE, "connection refused");
            failure(guarded);

            await().until(() -> {
                failure(guarded);
                return source.asked.get() >= 3;
            });

            assertThat(guarded.state().circuitOpen()).isTrue();
        }
    }

    @Test
    void aRefusedQueryDoesNotOpenTheCircuit() {
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
    void aDefectOfTheSourceCountsAsAFailure() {
        try (var guarded = new GuardedSource("farm-db", source, 1, 1, LONG)) {
            source.answer = () -> {
                throw new IllegalStateException("a defect");
            };
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> guarded.query(query(LONG)));
            assertThat(failure(guarded)).hasMessageContaining("a defect");
        }
    }

    @Test
    void anInterruptEndsTheWaitForAPlaceAndGivesNoneAway() throws Exception {
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
    void aHangingSourceThatIsInterruptedCountsAsFailing() throws Exception {
        source.answer = () -> {
            throw new InterruptedException();
        };
        try (var guarded = new GuardedSource("farm-db", source, 1, 1, LONG)) {
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> guarded.query(query(LONG)));
            assertThat(failure(guarded)).hasMessageEndingWith("it kept failing: no answer in time");
        }
    }
}
