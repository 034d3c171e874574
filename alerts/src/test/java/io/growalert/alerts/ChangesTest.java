package io.growalert.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ChangesTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    private final Recorder recorder = new Recorder();
    private final ManualMonitors monitors =
            Monitors.builder().listener(recorder).manual(NOON);
    private final List<String> ran = new ArrayList<>();

    @Test
    void a_name_is_taken_once() {
        monitors.add(logging("a", "old"));

        assertThatThrownBy(() -> monitors.add(logging("a", "new")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is a monitor named a already");
    }

    @Test
    void a_removed_monitor_does_not_run_again_and_its_name_is_free() {
        monitors.add(logging("a", "old"));
        monitors.tick(TEN_SECONDS);

        var removed = monitors.remove("a");
        monitors.tick(TEN_SECONDS);

        assertThat(done(removed)).isTrue();
        assertThat(ran).containsExactly("old");
        assertThat(monitors.names()).isEmpty();
        monitors.add(logging("a", "new"));
        monitors.tick(TEN_SECONDS);
        assertThat(ran).containsExactly("old", "new");
    }

    @Test
    void removing_what_is_not_there_changes_nothing() {
        assertThat(done(monitors.remove("a"))).isTrue();
    }

    @Test
    void a_replaced_monitor_gives_way_to_the_new_one_which_keeps_the_slots() {
        monitors.add(logging("a", "old"));
        monitors.tick(TEN_SECONDS);

        assertThat(done(monitors.replace(logging("a", "new")))).isTrue();
        monitors.tick(Duration.ofSeconds(20));

        assertThat(ran).containsExactly("old", "new", "new");
        assertThat(recorder.secondsSince(recorder.runs().getFirst().slot())).containsExactly(0L, 10L, 20L);
        assertThat(recorder.missed()).containsOnly(0L);
    }

    @Test
    void replace_adds_what_is_not_there() {
        monitors.replace(logging("a", "new"));

        monitors.tick(TEN_SECONDS);

        assertThat(ran).containsExactly("new");
    }

    @Test
    void a_run_under_way_is_let_finish_and_the_new_monitor_waits_for_it() {
        var states = new ArrayList<Boolean>();
        var replaced = new ArrayList<CompletionStage<Void>>();
        monitors.add(slow(() -> {
            replaced.add(monitors.replace(logging("a", "new")));
            monitors.tick(Duration.ofSeconds(15));
            states.add(done(replaced.getFirst()));
        }));

        monitors.tick(Duration.ofSeconds(40));

        assertThat(states).containsExactly(false);
        assertThat(done(replaced.getFirst())).isTrue();
        assertThat(ran).startsWith("slow", "new");
        assertThat(recorder.secondsSince(recorder.runs().getFirst().slot())).startsWith(0L, 20L);
        assertThat(recorder.missed()).startsWith(0L, 1L);
    }

    @Test
    void a_monitor_removed_and_added_again_waits_for_the_run_under_way() {
        monitors.add(slow(() -> {
            monitors.remove("a");
            assertThat(monitors.names()).isEmpty();
            monitors.add(logging("a", "new"));
            assertThat(monitors.names()).containsExactly("a");
            monitors.tick(Duration.ofSeconds(15));
            assertThat(ran).isEmpty();
        }));

        monitors.tick(Duration.ofSeconds(40));

        assertThat(ran).startsWith("slow", "new");
    }

    @Test
    void a_monitor_removed_by_its_own_check_is_gone_when_the_run_is_over() {
        var removed = new ArrayList<CompletionStage<Void>>();
        monitors.add(slow(() -> removed.add(monitors.remove("a"))));

        monitors.tick(Duration.ofSeconds(40));

        assertThat(ran).containsExactly("slow");
        assertThat(done(removed.getFirst())).isTrue();
    }

    @Test
    void a_run_that_was_handed_over_but_has_not_begun_does_not_begin_after_a_removal() {
        var waiting = new ArrayList<Runnable>();
        var monitors = Monitors.builder().executor(waiting::add).manual(NOON);
        monitors.add(logging("a", "old"));
        monitors.tick(TEN_SECONDS);

        var removed = monitors.remove("a");
        waiting.forEach(Runnable::run);

        assertThat(done(removed)).isTrue();
        assertThat(waiting).hasSize(1);
        assertThat(ran).isEmpty();
    }

    @Test
    void an_interval_history_starts_anew_with_a_new_monitor() {
        monitors.add(Monitor.named("a")
                .check(context -> CheckOutcome.failed())
                .every(TEN_SECONDS)
                .build());
        monitors.tick(Duration.ofSeconds(30));
        var histories = new ArrayList<RunHistory>();

        monitors.replace(Monitor.named("a")
                .check(context -> CheckOutcome.failed())
                .interval(history -> {
                    histories.add(history);
                    return TEN_SECONDS;
                })
                .build());
        monitors.tick(TEN_SECONDS);

        assertThat(histories).extracting(RunHistory::consecutiveFailures).containsExactly(0L, 1L);
    }

    @Test
    void nothing_is_left_of_removed_monitors() {
        for (int i = 0; i < 1000; i++) {
            monitors.add(logging("monitor-" + i, "old"));
        }
        monitors.tick(TEN_SECONDS);

        for (int i = 0; i < 1000; i++) {
            monitors.remove("monitor-" + i);
        }

        assertThat(monitors.names()).isEmpty();
        assertThat(monitors.nanosToNext()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void closed_monitors_run_nothing_and_take_none() {
        monitors.add(logging("a", "old"));

        monitors.close();
        monitors.close();
        monitors.tick(Duration.ofMinutes(1));

        assertThat(ran).isEmpty();
        assertThat(monitors.names()).isEmpty();
        assertThat(done(monitors.remove("a"))).isTrue();
        assertThatThrownBy(() -> monitors.add(logging("b", "new"))).isInstanceOf(IllegalStateException.class);
    }

    private Monitor logging(String name, String entry) {
        return Monitor.named(name)
                .check(context -> {
                    ran.add(entry);
                    return CheckOutcome.passed();
                })
                .every(TEN_SECONDS)
                .build();
    }

    private Monitor slow(Runnable meanwhile) {
        return Monitor.named("a")
                .check(context -> {
                    meanwhile.run();
                    ran.add("slow");
                    return CheckOutcome.passed();
                })
                .every(TEN_SECONDS)
                .timeout(Duration.ofMinutes(1))
                .build();
    }

    private static boolean done(CompletionStage<Void> stage) {
        return stage.toCompletableFuture().isDone();
    }
}
