package io.growalert.runtime.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

class LoopTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Loop.Options QUICK =
            new Loop.Options(Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(200));

    private final AtomicInteger rounds = new AtomicInteger();
    private Loop loop = new Loop("rounds", "Round failed; retrying", QUICK, _ -> LONG);

    @AfterEach
    void stop() {
        loop.close();
    }

    private Loop started(Loop.Task task) {
        loop = new Loop("rounds", "Round failed; retrying", QUICK, task);
        loop.start();
        return loop;
    }

    @Test
    void a_zero_wait_begins_the_next_round_at_once() {
        started(_ -> rounds.incrementAndGet() < 1_000 ? Duration.ZERO : LONG);

        await().until(() -> rounds.get() == 1_000);
    }

    @Test
    void a_wake_up_ends_the_wait_even_when_it_came_before_it() {
        started(loop -> {
            if (rounds.incrementAndGet() < 3) {
                loop.wake();
            }
            return LONG;
        });

        await().until(() -> rounds.get() == 3);
    }

    @Test
    void a_failed_round_is_retried_and_reported_until_one_succeeds() {
        var succeed = new AtomicInteger();
        started(_ -> {
            rounds.incrementAndGet();
            if (succeed.get() == 0) {
                throw new IllegalStateException("no database");
            }
            return LONG;
        });

        await().until(() -> rounds.get() > 3);
        assertThat(loop.obstacle()).contains("no database");
        assertThat(loop.progress().isFailing()).isTrue();

        succeed.set(1);
        await().until(() -> loop.obstacle().isEmpty());
        assertThat(loop.progress().isFailing()).isFalse();
    }

    @Test
    void an_error_does_not_end_the_thread() {
        started(_ -> {
            if (rounds.incrementAndGet() == 1) {
                throw new StackOverflowError();
            }
            return LONG;
        });

        await().until(() -> rounds.get() == 2);
        assertThat(loop.progress().stalled()).isEmpty();
    }

    @Test
    void a_wake_up_does_not_shorten_a_back_off_and_a_stop_does() {
        var failed = new CountDownLatch(1);
        loop = new Loop("rounds", "Round failed; retrying", QUICK.withRetry(LONG, LONG), _ -> {
            rounds.incrementAndGet();
            failed.countDown();
            throw new IllegalStateException("no database");
        });
        loop.start();
        await().until(() -> loop.obstacle().isPresent());

        loop.wake();
        loop.wake();

        assertThat(loop.stop()).isTrue();
        assertThat(rounds).hasValue(1);
    }

    @Test
    void a_stop_interrupts_a_round_that_does_not_return() throws Exception {
        var begun = new CountDownLatch(1);
        var interrupted = new AtomicReference<Boolean>();
        started(_ -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.set(true);
                throw e;
            }
            return LONG;
        });
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();

        assertThat(loop.stop()).isTrue();
        assertThat(interrupted).hasValue(true);
        assertThat(loop.isRunning()).isFalse();
        assertThat(loop.progress().stalled()).isEmpty();
    }

    @Test
    void an_interrupt_that_is_no_stop_counts_as_terminated() {
        started(_ -> {
            throw new InterruptedException("not by stop");
        });

        await().until(() -> loop.progress().stalled().isPresent());
        assertThat(loop.progress().stalled()).contains("terminated: its thread ended");
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_failure_that_repeats_is_logged_once_and_its_end_once(CapturedOutput output) {
        started(_ -> {
            if (rounds.incrementAndGet() < 4) {
                throw new IllegalStateException("round failed", new IllegalArgumentException("no database"));
            }
            return LONG;
        });

        await().until(() -> rounds.get() == 4 && loop.obstacle().isEmpty());

        assertThat(output.getOut()).containsOnlyOnce("Round failed; retrying").containsOnlyOnce("Loop recovered");
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void an_outage_is_a_warning_and_a_defect_an_error(CapturedOutput output) {
        started(_ -> {
            int round = rounds.incrementAndGet();
            if (round == 1) {
                throw new UncheckedIOException(new IOException("no network"));
            }
            if (round == 2) {
                throw new IllegalStateException("wrong topic");
            }
            return LONG;
        });

        await().until(() -> rounds.get() == 3);

        assertThat(output.getOut().lines().filter(line -> line.contains("Round failed; retrying")))
                .satisfiesExactly(first -> assertThat(first).contains("WARN"), second -> assertThat(second)
                        .contains("ERROR"));
    }

    @Test
    void rounds_and_failures_are_counted() {
        var meters = new SimpleMeterRegistry();
        started(_ -> {
            if (rounds.incrementAndGet() == 1) {
                throw new IllegalStateException("no database");
            }
            return LONG;
        });
        loop.progress().bindTo(meters);

        await().until(() ->
                meters.get("growalert.loop.rounds").functionCounter().count() == 1);
        assertThat(meters.get("growalert.loop.failures")
                        .tag("loop", "rounds")
                        .functionCounter()
                        .count())
                .isOne();
    }

    @Test
    void a_long_round_that_works_without_progress_counts_as_failing() {
        var nanos = new AtomicLong();
        var progress = new Progress("rounds", nanos::get);
        var stuck = new CountDownLatch(1);
        loop = new Loop(progress, "Round failed; retrying", QUICK, loop -> {
            loop.stuck(new IllegalStateException("nothing arrives"));
            nanos.addAndGet(Progress.LIMIT.plusSeconds(1).toNanos());
            loop.stuck(new IllegalStateException("nothing arrives"));
            stuck.countDown();
            new CountDownLatch(1).await();
            return LONG;
        });
        loop.start();

        await().until(() -> stuck.getCount() == 0);
        assertThat(progress.stalled()).get().asString().contains("failing for 31 s", "nothing arrives");
        assertThat(loop.obstacle()).isEmpty();
    }

    @Test
    void a_thread_that_ends_without_a_stop_is_dead() {
        loop = new Loop("rounds", "Round failed; retrying", QUICK.withThreadPrefix("service-"), _ -> {
            throw new InterruptedException("not by stop");
        });
        assertThat(loop.isDead()).isFalse();
        loop.start();

        await().until(loop::isDead);
        assertThat(loop.threadName()).isEqualTo("service-rounds");
        loop.stop();
        assertThat(loop.isDead()).isFalse();
    }

    @Test
    void a_long_round_can_report_progress() {
        var nanos = new AtomicLong();
        var progress = new Progress("rounds", nanos::get);
        var steps = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        loop = new Loop(progress, "Round failed; retrying", QUICK, loop -> {
            begun.countDown();
            steps.await();
            loop.succeeded();
            rounds.incrementAndGet();
            new CountDownLatch(1).await();
            return LONG;
        });
        loop.start();
        await().until(() -> begun.getCount() == 0);
        nanos.addAndGet(Progress.LIMIT.plusSeconds(1).toNanos());
        assertThat(progress.stalled()).contains("no progress for 31 s");

        steps.countDown();

        await().until(() -> rounds.get() == 1);
        assertThat(progress.stalled()).isEmpty();
    }

    @Test
    void can_be_started_again_after_a_stop() {
        started(_ -> {
            rounds.incrementAndGet();
            return LONG;
        });
        await().until(() -> rounds.get() == 1);
        loop.stop();

        loop.start();

        await().until(() -> rounds.get() == 2);
    }

    @Test
    void a_wake_up_of_a_shared_waiter_wakes_one_loop_and_a_stop_ends_all_of_them() {
        var waiter = new Waiter();
        var sharing = List.of(sharing(waiter), sharing(waiter));
        await().until(() -> rounds.get() == 2);

        waiter.wake();
        await().until(() -> rounds.get() == 3);

        sharing.forEach(Loop::requestStop);
        assertThat(sharing).allSatisfy(each -> assertThat(each.stop()).isTrue());
    }

    private Loop sharing(Waiter waiter) {
        var loop = new Loop(new Progress("sharing"), "Round failed; retrying", Loop.Options.DEFAULT, waiter, _ -> {
            rounds.incrementAndGet();
            return LONG;
        });
        loop.start();
        return loop;
    }

    @Test
    void a_wake_up_during_a_back_off_ends_the_next_wait() {
        started(loop -> {
            if (rounds.incrementAndGet() == 1) {
                loop.wake();
                throw new IllegalStateException("no database");
            }
            return LONG;
        });

        await().until(() -> rounds.get() == 3);
    }

    @Test
    void a_wait_within_a_round_does_not_count_as_stalled() {
        var nanos = new AtomicLong();
        var awaiting = new AtomicBoolean();
        loop = new Loop(new Progress("rounds", nanos::get), "Round failed; retrying", QUICK, running -> {
            awaiting.set(true);
            running.await(LONG);
            return LONG;
        });
        loop.start();
        await().untilTrue(awaiting);
        await().untilAsserted(() -> {
            nanos.addAndGet(Duration.ofSeconds(31).toNanos());
            assertThat(loop.progress().stalled()).isEmpty();
        });
    }
}
