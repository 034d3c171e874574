package io.growalert.history.query;

import io.growalert.evaluation.alert.AlertJournal;
import io.growalert.evaluation.alert.AlertState;
import io.growalert.evaluation.alert.CompiledDefinition;
import io.growalert.evaluation.alert.Listening;
import io.growalert.evaluation.alert.MonitorState;
import io.growalert.evaluation.alert.SavedAlert;
import io.growalert.evaluation.alert.Summary;
import io.growalert.evaluation.threshold.Judge;
import io.growalert.evaluation.threshold.Row;
import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.MonitorDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides again on stored values, by a definition: the decisions are those of {@code evaluation}. Nothing is published. */
final class StoredReplay {
    private final MonitorDefinition definition;
    private final Judge judge;
    private final Memory journal = new Memory();
    private final MonitorState state;

    StoredReplay(MonitorDefinition definition, Instant from) {
        this.definition = definition;
        judge = new Judge(definition);
        var listening = new Listening();
        listening.start(from);
        state = new MonitorState(
                new CompiledDefinition(definition, Summary.PLAIN), journal, listening, Duration.ZERO, from);
    }

    /** One complete run. */
    void run(Instant slot, List<Row> rows) {
        var judgement = judge.judge(rows);
        var series = judgement.series();
        int parts = Math.max(1, (series.size() + CheckResult.MAX_SERIES - 1) / CheckResult.MAX_SERIES);
        for (int part = 1; part <= parts; part++) {
            int first = (part - 1) * CheckResult.MAX_SERIES;
            var these = series.subList(first, Math.min(series.size(), first + CheckResult.MAX_SERIES));
            var result = new CheckResult(
                    definition.id(),
                    slot,
                    slot,
                    0,
                    judgement.status(),
                    0,
                    part,
                    parts,
                    definition.labels(),
                    these,
                    null,
                    null);
            state.observe(result, slot);
        }
    }

    /** The events of series, in the order of slots; those of the monitor's own alert are left out. */
    List<AlertEvent> events() {
        return journal.events.stream().filter(event -> event.cause() == null).toList();
    }

    /** The state of a series that failed and does not fire yet. */
    Optional<AlertState.Failing> failing(String alert) {
        var saved = journal.states.get(alert);
        return saved != null && saved.state() instanceof AlertState.Failing failing
                ? Optional.of(failing)
                : Optional.empty();
    }

    private static final class Memory implements AlertJournal {
        private final List<AlertEvent> events = new ArrayList<>();
        private final Map<String, SavedAlert> states = new HashMap<>();

        @Override
        public Map<String, SavedAlert> load(String monitor) {
            return Map.of();
        }

        @Override
        public void save(String monitor, String key, @Nullable SavedAlert alert) {
            if (alert == null) {
                states.remove(key);
            } else {
                states.put(key, alert);
            }
        }

        @Override
        public void publish(AlertEvent event) {
            events.add(event);
        }
    }
}
