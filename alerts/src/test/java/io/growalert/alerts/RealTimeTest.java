package io.growalert.alerts;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RealTimeTest {
    private static final Duration OFTEN = Duration.ofMillis(20);

    private final BlockingQueue<Run> runs = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> alerts = new LinkedBlockingQueue<>();
    private final Alert alert = (monitor, context, errors) -> alerts.add(monitor);

    @Test
    void monitors_run_on_virtual_threads_named_after_them() throws Exception {
        var threads = new LinkedBlockingQueue<Thread>();
        try (var monitors = start(Duration.ofSeconds(10))) {
            monitors.add(often("a", context -> {
                threads.add(Thread.currentThread());
                return CheckOutcome.failed();
            }));

            var thread = threads.take();
            assertThat(thread.isVirtual()).isTrue();
            assertThat(thread.getName()).isEqualTo("a");
            var one = runs.take();
            var next = runs.take();
            assertThat(one.startedAt()).isAfterOrEqualTo(one.slot());
            assertThat(Duration.between(one.slot(), next.slot())).isEqualTo(OFTEN.multipliedBy(1 + next.missedSlots()));
            assertThat(alerts.take()).isEqualTo("a");
        }
    }

    @Test
    void a_check_that_ignores_its_interrupt_has_failed_while_it_still_runs() throws Exception {
        var release = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        try (var monitors = start(Duration.ofSeconds(10))) {
            monitors.add(often("a", context -> {
                awaitStubbornly(release, interrupted);
                return CheckOutcome.passed();
            }));

            var run = runs.take();
            interrupted.await();
            assertThat(run.outcome())
                    .isInstanceOfSatisfying(CheckOutcome.Failed.class, failed -> assertThat(failed.isTimeout())
                            .isTrue());
            assertThat(alerts.take()).isEqualTo("a");
            assertThat(runs).isEmpty();
            release.countDown();
            assertThat(runs.take().outcome()).isEqualTo(CheckOutcome.passed());
        }
    }

    @Test
    void the_scheduler_outlives_errors_of_checks_and_of_the_clock() throws Exception {
        var broken = new AtomicBoolean();
        try (var monitors = Monitors.builder()
                .listener(runs::add)
                .clock(() -> {
                    if (onScheduler() && broken.getAndSet(false)) {
                        throw new LinkageError("the clock stands still");
                    }
                    return Instant.now();
                })
                .start()) {
            monitors.add(often("a", context -> {
                throw new OutOfMemoryError("not really");
            }));
            runs.take();
            broken.set(true);

            while (broken.get()) {
                Thread.onSpinWait();
            }
            runs.clear();

            assertThat(runs.take().monitor()).isEqualTo("a");
        }
    }

    @Test
    void the_age_of_the_last_pass_shows_a_scheduler_that_is_held_up() throws Exception {
        var release = new CountDownLatch(1);
        try (var monitors = Monitors.builder().executor(Runnable::run).start()) {
            monitors.add(patient("a", context -> {
                release.await();
                return CheckOutcome.passed();
            }));
            while (monitors.sinceLastPass().compareTo(Duration.ofSeconds(1)) < 0) {
                Thread.onSpinWait();
            }

            release.countDown();

            while (monitors.sinceLastPass().compareTo(Duration.ofSeconds(1)) >= 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void closing_lets_a_run_finish_within_the_grace_period() throws Exception {
        var started = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var monitors = start(Duration.ofSeconds(30));
        monitors.add(patient("a", context -> {
            started.countDown();
            release.await();
            return CheckOutcome.failed();
        }));
        started.await();

        var closing = Thread.ofVirtual().start(monitors::close);
        release.countDown();
        closing.join();

        assertThat(runs).singleElement().extracting(Run::outcome).isEqualTo(CheckOutcome.failed());
        assertThat(alerts).containsExactly("a");
    }

    @Test
    void closing_interrupts_what_outlasts_the_grace_period_and_raises_no_alert_for_it() throws Exception {
        var started = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        var monitors = start(Duration.ZERO);
        monitors.add(patient("a", context -> {
            started.countDown();
            try {
                SECONDS.sleep(1000);
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return CheckOutcome.passed();
        }));
        started.await();
        var removed = monitors.remove("a").toCompletableFuture();

        monitors.close();

        assertThat(interrupted.await(30, SECONDS)).isTrue();
        removed.get(30, SECONDS);
        assertThat(runs).isEmpty();
        assertThat(alerts).isEmpty();
    }

    @Test
    void closing_ends_the_scheduler_thread() throws Exception {
        var before = schedulers();
        var monitors = start(Duration.ZERO);
        var scheduler = schedulers().stream()
                .filter(thread -> !before.contains(thread))
                .findFirst()
                .orElseThrow();

        monitors.close();

        assertThat(scheduler.join(Duration.ofSeconds(30))).isTrue();
    }

    private static boolean onScheduler() {
        return Thread.currentThread().getName().equals("growalert-monitors");
    }

    private static List<Thread> schedulers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("growalert-monitors"))
                .toList();
    }

    private Monitors start(Duration gracePeriod) {
        return Monitors.builder().listener(runs::add).gracePeriod(gracePeriod).start();
    }

    private Monitor often(String name, Check check) {
        return Monitor.named(name)
                .check(check)
                .alert(alert)
                .every(OFTEN)
                .timeout(Duration.ofMillis(100))
                .build();
    }

    private Monitor patient(String name, Check check) {
        return Monitor.named(name)
                .check(check)
                .alert(alert)
                .every(OFTEN)
                .timeout(Duration.ofHours(1))
                .build();
    }

    private static void awaitStubbornly(CountDownLatch release, CountDownLatch interrupted) {
        while (true) {
            try {
                release.await();
                return;
            } catch (InterruptedException _) {
                interrupted.countDown();
            }
        }
    }
}
