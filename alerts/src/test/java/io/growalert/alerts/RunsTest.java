package io.growalert.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class RunsTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    private final Recorder recorder = new Recorder();
    private final ManualMonitors monitors =
            Monitors.builder().listener(recorder).manual(NOON);
    private final List<String> alerts = new ArrayList<>();

    @Test
    void what_a_check_throws_is_its_failure_an_error_included() {
        var broken = new IOException("no route");
        var worse = new StackOverflowError();
        var outcomes = new ArrayList<Throwable>(List.of(broken, worse));
        add(context -> {
            throw throwing(outcomes.removeFirst());
        });

        monitors.tick(Duration.ofSeconds(20));

        assertThat(recorder.results()).containsExactly(CheckOutcome.failed(broken), CheckOutcome.failed(worse));
    }

    @Test
    @SuppressWarnings("NullAway") // callers without null checks exist
    void a_check_that_answers_null_failed() {
        add(context -> null);

        monitors.tick(TEN_SECONDS);

        assertThat(recorder.results())
                .singleElement()
                .isInstanceOfSatisfying(CheckOutcome.Failed.class, failed -> assertThat(failed.errors())
                        .singleElement()
                        .asString()
                        .contains("returned null"));
    }

    @Test
    void a_check_learns_its_slot_and_deadline() {
        var contexts = new ArrayList<CheckContext>();
        add(context -> {
            contexts.add(context);
            return CheckOutcome.passed();
        });

        monitors.tick(TEN_SECONDS);

        var slot = recorder.runs().getFirst().slot();
        assertThat(contexts).containsExactly(new CheckContext(slot, slot.plusSeconds(3)));
    }

    @Test
    void past_its_timeout_a_check_is_interrupted_and_has_failed_at_the_deadline() {
        add(context -> {
            monitors.tick(Duration.ofSeconds(4));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            assertThat(recorder.runs()).hasSize(1);
            return CheckOutcome.passed();
        });

        monitors.tick(TEN_SECONDS);

        assertThat(recorder.runs()).singleElement().satisfies(run -> {
            assertThat(run.duration()).hasSeconds(3);
            assertThat(run.outcome()).isInstanceOfSatisfying(CheckOutcome.Failed.class, failed -> {
                assertThat(failed.isTimeout()).isTrue();
                assertThat(failed.errors())
                        .singleElement()
                        .hasToString("io.growalert.alerts.CheckTimeoutException: no result within 3000 ms");
            });
        });
        assertThat(alerts).hasSize(1);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void a_check_stuck_beyond_its_timeout_misses_its_slots_until_it_returns() {
        var stuckOnce = new ArrayList<>(List.of(Duration.ofSeconds(25)));
        add(context -> {
            if (!stuckOnce.isEmpty()) {
                monitors.tick(stuckOnce.removeFirst());
            }
            return CheckOutcome.passed();
        });

        monitors.tick(Duration.ofSeconds(50));

        var start = recorder.runs().getFirst().slot();
        assertThat(recorder.secondsSince(start)).startsWith(0L, 30L);
        assertThat(recorder.missed()).startsWith(0L, 2L);
        assertThat(recorder.results().get(1)).isEqualTo(CheckOutcome.passed());
    }

    @Test
    void a_check_that_returns_right_before_its_deadline_has_not_timed_out() {
        add(context -> {
            monitors.tick(Duration.ofMillis(2999));
            return CheckOutcome.passed();
        });

        monitors.tick(TEN_SECONDS);

        assertThat(recorder.results()).containsExactly(CheckOutcome.passed());
    }

    @Test
    void an_alert_is_notified_of_every_failure_and_of_every_pass_a_degraded_one_included() {
        var outcomes = new ArrayList<>(List.of(
                CheckOutcome.failed(),
                CheckOutcome.failed(),
                CheckOutcome.degraded(new IOException()),
                CheckOutcome.passed()));
        add(context -> outcomes.removeFirst());

        monitors.tick(Duration.ofSeconds(40));

        assertThat(alerts).containsExactly("a failed []", "a failed []", "a passed", "a passed");
    }

    @Test
    void what_an_alert_a_listener_or_an_interval_throws_changes_nothing_else() {
        var thrown = new AssertionError("alert");
        var monitors = Monitors.builder()
                .listener(new MonitorListener() {
                    @Override
                    public void ran(Run run) {
                        recorder.ran(run);
                        throw new IllegalStateException("listener");
                    }

                    @Override
                    public void alertFailed(String monitor, Throwable thrown) {
                        recorder.alertFailed(monitor, thrown);
                        throw new IllegalStateException("listener");
                    }
                })
                .manual(NOON);
        monitors.add(Monitor.named("a")
                .check(context -> CheckOutcome.failed())
                .alert((monitor, context, errors) -> {
                    throw thrown;
                })
                .every(TEN_SECONDS)
                .build());

        monitors.tick(Duration.ofSeconds(20));

        assertThat(recorder.runs()).hasSize(2);
        assertThat(recorder.problems()).containsExactly(thrown, thrown);
    }

    @Test
    void a_slot_that_the_executor_refuses_is_missed() {
        var refusals = new ArrayList<>(List.of(false, true, true, false));
        var monitors = Monitors.builder()
                .listener(recorder)
                .executor(task -> {
                    if (refusals.removeFirst()) {
                        throw new RejectedExecutionException("full");
                    }
                    task.run();
                })
                .manual(NOON);
        monitors.add(Monitor.named("a")
                .check(context -> CheckOutcome.passed())
                .every(TEN_SECONDS)
                .build());

        monitors.tick(Duration.ofSeconds(40));

        assertThat(recorder.missed()).containsExactly(0L, 2L);
    }

    @Test
    void a_run_that_waited_in_the_executor_for_more_than_half_an_interval_is_missed() {
        var waiting = new ArrayList<Runnable>();
        var monitors =
                Monitors.builder().listener(recorder).executor(waiting::add).manual(NOON);
        monitors.add(Monitor.named("a")
                .check(context -> CheckOutcome.passed())
                .every(TEN_SECONDS)
                .build());

        monitors.tick(Duration.ofSeconds(35));
        assertThat(waiting).as("never piled up").hasSize(1);
        waiting.removeFirst().run();
        monitors.tick(Duration.ofNanos(monitors.nanosToNext()));
        waiting.removeFirst().run();

        var run = assertThat(recorder.runs()).singleElement();
        run.satisfies(only -> assertThat(only.missedSlots()).isBetween(3L, 4L));
    }

    private void add(Check check) {
        monitors.add(Monitor.named("a")
                .check(check)
                .alert(new Alert() {
                    @Override
                    public void failed(String monitor, CheckContext context, List<Throwable> errors) {
                        alerts.add(monitor + " failed " + errors);
                    }

                    @Override
                    public void passed(String monitor, CheckContext context) {
                        alerts.add(monitor + " passed");
                    }
                })
                .every(TEN_SECONDS)
                .timeout(Duration.ofSeconds(3))
                .build());
    }

    private static Exception throwing(Throwable thrown) throws Exception {
        if (thrown instanceof Error error) {
            throw error;
        }
        return (Exception) thrown;
    }

    @Test
    void a_detail_of_the_outcome_reaches_the_listener() {
        var error = new IllegalStateException("slow");
        var outcomes = new ArrayList<>(List.of(
                CheckOutcome.passed().withDetail(21.5),
                CheckOutcome.degraded(error).withDetail("slow"),
                CheckOutcome.failed(error).withDetail(List.of("r1")),
                CheckOutcome.passed()));
        add(context -> outcomes.removeFirst());

        monitors.tick(Duration.ofSeconds(40));

        assertThat(recorder.results())
                .extracting(CheckOutcome::detail)
                .containsExactly(Optional.of(21.5), Optional.of("slow"), Optional.of(List.of("r1")), Optional.empty());
        assertThat(recorder.results().get(2))
                .isEqualTo(new CheckOutcome.Failed(List.of(error), Optional.of(List.of("r1"))));
    }

    @Test
    void the_history_of_a_monitor_retains_no_detail() {
        var outcome = CheckOutcome.failed().withDetail("large");

        assertThat(RunHistory.NONE.after(outcome).lastOutcome()).contains(CheckOutcome.failed());
    }
}
