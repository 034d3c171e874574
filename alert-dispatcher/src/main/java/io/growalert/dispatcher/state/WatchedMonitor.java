package io.growalert.dispatcher.state;

import io.growalert.events.CheckResult;
import io.growalert.events.Ids;
import io.growalert.events.SeriesResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/** All that is known of one monitor: its definition, its series, its own alert and which of its runs are complete. */
final class WatchedMonitor {
    private final Journal journal;
    private final Map<Map<String, String>, Series> known = new HashMap<>();
    private final OwnAlert own;
    private final Runs runs = new Runs();
    private CompiledDefinition by;
    private Instant lastSlot;
    private Instant countedFrom;

    /**
     * @param now the wall clock's time; silence is counted from here until results arrive
     */
    WatchedMonitor(CompiledDefinition definition, Journal journal, Instant now) {
        this.by = definition;
        this.journal = journal;
        this.countedFrom = now;
        var saved = new HashMap<>(journal.load(definition.monitor()));
        own = new OwnAlert(definition.monitor(), journal, saved.remove(Journal.OWN));
        lastSlot = own.last();
        saved.forEach((alert, kept) -> {
            if (kept.state() instanceof AlertState.Judged state) {
                var series = new Series(kept.series(), alert, state, kept.changed());
                known.put(series.labels, series);
            }
        });
    }

    CompiledDefinition definition() {
        return by;
    }

    /** Judges a run, or a part of one; returns how much of it was ignored because its slot had been judged. */
    int observe(CheckResult run) {
        var slot = run.slot();
        if (slot.isAfter(lastSlot)) {
            lastSlot = slot;
        }
        boolean isNew = own.observe(run, !known.isEmpty(), by);
        if (run.error() != null) {
            return isNew ? 0 : 1;
        }
        int ignored = 0;
        int judged = 0;
        for (var result : run.series()) {
            if (judge(slot, result)) {
                judged++;
            } else {
                ignored++;
            }
        }
        var progress = runs.arrived(run, judged);
        if (progress.complete() && progress.judged() < known.size()) {
            judgeAbsent(slot);
        }
        return ignored;
    }

    private boolean judge(Instant slot, SeriesResult result) {
        var series = known.get(result.labels());
        if (series == null) {
            series = new Series(
                    result.labels(), Ids.alert(by.monitor(), result.labels()), AlertState.WELL, Instant.EPOCH);
            known.put(series.labels, series);
            series.judgedAt(slot);
            save(series, slot);
        } else if (series.isJudgedUpTo(slot)) {
            return false;
        }
        series.judgedAt(slot);
        if (!series.isHealthy(result)) {
            var seen = new Observation(slot, result.status(), result.value(), result.reason());
            apply(series, series.state().observe(seen, by.policy()), slot);
        }
        return true;
    }

    private void judgeAbsent(Instant slot) {
        for (var series : new ArrayList<>(known.values())) {
            if (!series.isJudgedUpTo(slot)) {
                series.judgedAt(slot);
                apply(
                        series,
                        series.state().absent(slot, by.policy(), by.definition().noData()),
                        slot);
            }
        }
    }

    private void apply(Series series, Decision decision, Instant slot) {
        if (decision.transition() != null) {
            journal.tell(by.event(series.alert, series.labels, decision.transition()));
        }
        var next = decision.next();
        if (next == null) {
            known.remove(series.labels);
            journal.save(by.monitor(), series.alert, null);
        } else if (!next.equals(series.state())) {
            series.become(next);
            save(series, slot);
        }
    }

    private void save(Series series, Instant slot) {
        journal.save(by.monitor(), series.alert, new SavedAlert(series.labels, series.state(), slot));
    }

    /** A new definition: open incidents stay, counters start again, and it judges from the next result on. */
    void redefine(CompiledDefinition definition, Instant now) {
        by = definition;
        countedFrom = now;
        runs.forgetOpen();
        own.reset();
        for (var series : known.values()) {
            var next = series.state().reset();
            if (!next.equals(series.state())) {
                series.become(next);
                save(series, series.last());
            }
        }
    }

    /** The monitor is no more: open incidents are resolved and everything is forgotten. */
    void remove(Instant at) {
        own.removed(at, by).ifPresent(journal::tell);
        journal.save(by.monitor(), Journal.OWN, null);
        for (var series : known.values()) {
            series.state()
                    .removed(at)
                    .ifPresent(transition -> journal.tell(by.event(series.alert, series.labels, transition)));
            journal.save(by.monitor(), series.alert, null);
        }
    }

    /**
     * Decides by the wall clock whether the monitor has fallen silent.
     *
     * @param listeningSince nothing could be heard before
     */
    void listen(Instant now, Instant listeningSince) {
        var from = latest(lastSlot, latest(countedFrom, listeningSince));
        var deadline = from.plus(by.patience());
        if (!now.isBefore(deadline)) {
            own.silent(deadline, now, by);
        }
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
