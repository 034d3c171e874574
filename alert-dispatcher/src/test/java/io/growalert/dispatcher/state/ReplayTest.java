package io.growalert.dispatcher.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.evaluation.alert.CompiledDefinition;
import io.growalert.evaluation.alert.Listening;
import io.growalert.evaluation.alert.MonitorState;
import io.growalert.evaluation.alert.Summary;
import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.MonitorDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The states against a straightforward replay of whole histories, over many random monitors. */
class ReplayTest {
    private static final int MONITORS = 400;
    private static final int SLOTS = 80;

    @ParameterizedTest
    @ValueSource(longs = {1, 20, 300, 4_000, 50_000})
    void reaches_what_the_whole_history_implies(long seed) {
        int events = 0;
        for (int i = 0; i < MONITORS; i++) {
            var random = new RandomRuns(seed + i);
            var definition = random.monitor("m" + i);
            var runs = runs(random, definition);

            var published = judged(definition, runs, new Random(seed), 0).published;

            assertThat(published.stream().map(RandomRuns::transition))
                    .as("%s over %s", definition.alert(), runs)
                    .containsExactlyInAnyOrderElementsOf(ReplayModel.of(definition, runs));
            assertThat(published).extracting(AlertEvent::id).doesNotHaveDuplicates();
            events += published.size();
        }
        assertThat(events).isGreaterThan(10 * MONITORS);
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 80, 900})
    void reaches_the_same_result_from_the_stored_state_after_each_restart(long seed) {
        for (int i = 0; i < MONITORS; i++) {
            var random = new RandomRuns(seed + i);
            var definition = random.monitor("m" + i);
            var runs = runs(random, definition);

            var without = judged(definition, runs, new Random(seed), 0).published;
            var with = judged(definition, runs, new Random(seed), 0.3).published;

            assertThat(with).as("%s", definition.alert()).containsExactlyInAnyOrderElementsOf(without);
        }
    }

    private static List<CheckResult> runs(RandomRuns random, MonitorDefinition definition) {
        var runs = new ArrayList<CheckResult>();
        for (int slot = 0; slot < SLOTS; slot++) {
            if (!random.skips()) {
                runs.add(random.run(definition.id(), ExampleMonitor.slot(slot)));
            }
        }
        return runs;
    }

    /** Before a run, with this chance, everything in memory is lost; a run may also come twice. */
    private static MemoryJournal judged(
            MonitorDefinition definition, List<CheckResult> runs, Random random, double restarts) {
        var journal = new MemoryJournal();
        var compiled = new CompiledDefinition(definition, Summary.PLAIN);
        var monitor = new MonitorState(compiled, journal, new Listening(), Duration.ZERO, Instant.EPOCH);
        for (var run : runs) {
            if (random.nextDouble() < restarts) {
                monitor = new MonitorState(compiled, journal, new Listening(), Duration.ZERO, Instant.EPOCH);
            }
            monitor.observe(run, run.slot());
            if (random.nextInt(5) == 0) {
                monitor.observe(run, run.slot());
            }
        }
        return journal;
    }
}
