package io.growalert.evaluation.alert;

import io.growalert.events.CheckResult;
import io.growalert.events.Ids;
import io.growalert.events.SeriesResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/** The state of one monitor: its definition, its series, its own alert and the completeness of its runs. */
public final class MonitorState {
    /** From this silence limit on, the arrival of the last result is stored, so that a restart does not restart the wait. */
    private static final Duration LONG_PATIENCE = Duration.ofMinutes(5);

    /** The maximum delay of results of an old definition in a monitor-service; a slow clock must not hide series forever. */
    private static final Duration LONGEST_DELAY_OF_RESULTS = Duration.ofMinutes(5);

    private final AlertJournal journal;
    private final Listening listening;
    private final Map<Map<String, String>, SeriesState> known = new HashMap<>();
    private final OwnAlert own;
    private final Runs runs = new Runs();
    private CompiledDefinition by;
    private Instant lastSlot = Instant.EPOCH;
    private Duration heard;
    /** New series of the previous run, beyond the limit, that its own alert has not counted yet. */
    private int ignoredBefore;
    /** Runs that started before this create no series: they belong to an old query, or to removed series. */
    private Instant forgotten = Instant.MIN;

    private Duration forgottenAt = Duration.ZERO;
    private boolean paused;

    /**
     * @param own the minimum duration of the monitor's trouble before its own alert fires
     * @param listened until when results could arrive before this start
     */
    public MonitorState(
            CompiledDefinition definition, AlertJournal journal, Listening listening, Duration own, Instant listened) {
        this.by = definition;
        this.journal = journal;
        this.listening = listening;
        var saved = new HashMap<>(journal.load(definition.monitor()));
        this.own = new OwnAlert(definition.monitor(), journal, own, saved.remove(AlertJournal.OWN));
        lastSlot = this.own.latest();
        saved.forEach((alert, kept) -> {
            if (kept.state() instanceof AlertState.Judged state) {
                var series = new SeriesState(kept.series(), alert, state, kept.changed());
                known.put(series.labels, series);
                lastSlot = AlertState.latest(lastSlot, series.last());
            }
        });
        heard = this.own
                .heard()
                .filter(at -> at.isBefore(listened))
                .map(at -> listening.time().minus(elapsed(at, listened)))
                .orElse(listening.time());
    }

    public CompiledDefinition definition() {
        return by;
    }

    /** The time of listening at which the last judged result arrived. */
    public Duration heard() {
        return heard;
    }

    /** Takes the arrival of the last result over from the replaced object. */
    public void heardAt(Duration time) {
        heard = time;
    }

    public boolean hasLongPatience() {
        return by.patience().compareTo(LONG_PATIENCE) >= 0;
    }

    /**
     * Judges a run, or a part of one.
     *
     * @param appended the broker's timestamp of its record
     */
    public RunEffect observe(CheckResult run, Instant appended) {
        boolean clockCorrected = by.isCorrected(AlertState.latest(lastSlot, own.latest()), run.slot(), appended);
        if (clockCorrected) {
            restart(appended);
        }
        var slot = run.slot();
        lastSlot = AlertState.latest(lastSlot, slot);
        int ignored = beyondLimit(run);
        boolean isNew = own.observe(run, !known.isEmpty(), ignored + ignoredBefore, listening.time(), by);
        ignoredBefore = isNew ? 0 : ignoredBefore + ignored;
        boolean mayCreate = mayCreateSeries(run);
        int old = 0;
        int judged = 0;
        for (var result : run.series()) {
            switch (judge(slot, result, mayCreate)) {
                case JUDGED -> judged++;
                case OLD -> old++;
                case BEYOND_LIMIT -> {}
            }
        }
        if (isNew || judged > 0) {
            hear(appended);
        }
        if (run.error() != null) {
            return new RunEffect(isNew ? 0 : 1, 0, clockCorrected);
        }
        var progress = runs.arrived(run, judged);
        if (progress.complete() && progress.judged() < known.size()) {
            judgeAbsent(slot);
        }
        return new RunEffect(old, ignored, clockCorrected);
    }

    /** The number of new series of this part beyond the monitor's limit. */
    private int beyondLimit(CheckResult run) {
        int room = Math.max(0, by.definition().seriesLimit() - known.size());
        if (run.series().size() <= room) {
            return 0;
        }
        long fresh = run.series().stream()
                .filter(series -> !known.containsKey(series.labels()))
                .count();
        return Math.toIntExact(Math.max(0, fresh - room));
    }

    private enum SeriesOutcome {
        JUDGED,
        OLD,
        BEYOND_LIMIT
    }

    private boolean mayCreateSeries(CheckResult run) {
        return !run.startedAt().isBefore(forgotten)
                || listening.time().minus(forgottenAt).compareTo(LONGEST_DELAY_OF_RESULTS) > 0;
    }

    private void forgotAt(Instant at) {
        forgotten = at;
        forgottenAt = listening.time();
    }

    private SeriesOutcome judge(Instant slot, SeriesResult result, boolean mayCreate) {
        var series = known.get(result.labels());
        if (series == null) {
            if (!mayCreate) {
                return SeriesOutcome.OLD;
            }
            if (known.size() >= by.definition().seriesLimit()) {
                return SeriesOutcome.BEYOND_LIMIT;
            }
            series = new SeriesState(
                    result.labels(), Ids.alert(by.monitor(), result.labels()), AlertState.WELL, Instant.EPOCH);
            known.put(series.labels, series);
            series.judgedAt(slot);
            save(series, slot);
        } else if (series.isJudgedUpTo(slot)) {
            return SeriesOutcome.OLD;
        }
        series.judgedAt(slot);
        if (!series.isHealthy(result)) {
            var seen = Observation.of(slot, result, by.definition());
            apply(series, series.state().observe(seen, by.policy()), slot);
        }
        return SeriesOutcome.JUDGED;
    }

    private void judgeAbsent(Instant slot) {
        for (var series : new ArrayList<>(known.values())) {
            if (!series.isJudgedUpTo(slot) && runs.isAbsent(series, slot, by)) {
                var decision = series.state().absent(slot, by.policy(), OnAbsence.of(by.definition()));
                boolean isQuiet = by.definition().pushed() && decision.transition() == null;
                series.judgedAt(isQuiet ? series.last() : slot);
                apply(series, decision, slot);
            }
        }
    }

    private void apply(SeriesState series, Decision decision, Instant slot) {
        var dated = decision.in(own.generation());
        if (dated.transition() != null) {
            journal.publish(by.event(series.alert, series.labels, dated.transition(), own.generation()));
        }
        var next = dated.next();
        if (next == null) {
            forget(series);
        } else if (!next.equals(series.state())) {
            series.become(next);
            save(series, slot);
        }
    }

    private void save(SeriesState series, Instant slot) {
        journal.save(by.monitor(), series.alert, new SavedAlert(series.labels, series.state(), slot));
    }

    private void forget(SeriesState series) {
        known.remove(series.labels);
        journal.save(by.monitor(), series.alert, null);
    }

    /** The time since the stored arrival; the last arrival may be later, because it is stored coarsely. */
    private Duration elapsed(Instant stored, Instant listened) {
        var tenth = by.patience().dividedBy(10);
        var coarseness = by.definition().every().compareTo(tenth) >= 0 ? Duration.ZERO : tenth;
        var elapsed = Duration.between(stored, listened).minus(coarseness);
        return elapsed.isNegative() ? Duration.ZERO : elapsed;
    }

    private void hear(Instant appended) {
        heard = listening.time();
        if (hasLongPatience()
                && own.heard().filter(at -> isRecent(at, appended)).isEmpty()) {
            own.storeHeard(appended);
        }
    }

    private boolean isRecent(Instant at, Instant now) {
        return Duration.between(at, now).abs().compareTo(by.patience().dividedBy(10)) < 0;
    }

    /** The clock ran ahead and was corrected: judged slots repeat and are judged again. */
    private void restart(Instant at) {
        own.restart(at);
        runs.restart();
        lastSlot = Instant.EPOCH;
        for (var series : known.values()) {
            series.become(series.state().restarted(at));
            series.judgedAt(Instant.EPOCH);
            save(series, Instant.EPOCH);
        }
    }

    /**
     * A new definition: open incidents stay, counters start again, and it judges from the next result on. Where its query has
     * other series, those without an open incident are removed.
     */
    public void redefine(CompiledDefinition definition, Instant at) {
        boolean givesOtherSeries = by.givesOtherSeriesThan(definition);
        if (givesOtherSeries) {
            forgotAt(at);
        }
        by = definition;
        heard = listening.time();
        restartCounts(givesOtherSeries);
    }

    /** @param forgets whether series without an open incident are removed */
    private void restartCounts(boolean forgets) {
        runs.forgetOpen();
        own.reset();
        for (var series : new ArrayList<>(known.values())) {
            var next = series.state().reset();
            if (forgets && !(next instanceof AlertState.Firing)) {
                forget(series);
            } else if (!next.equals(series.state())) {
                series.become(next);
                save(series, series.last());
            }
        }
    }

    /**
     * The monitor is paused, called instead of {@link #listen} until {@link #resume}: open incidents stay, and the pause counts neither as silence nor as
     * time without a pass, failure or series.
     */
    public void pause(Instant now) {
        if (!paused) {
            paused = true;
            restartCounts(false);
        }
        runs.forgetOpen();
        hear(now);
    }

    /** The monitor is not paused any longer; no effect when it was not. Called before {@link #observe}, too. */
    public void resume() {
        if (paused) {
            paused = false;
            restartCounts(false); // a run in progress when the pause began may have ended during it
        }
    }

    /** The monitor was removed: open incidents are resolved and everything is deleted. */
    public void remove(Instant at) {
        own.end(at, Reasons.REMOVED, by);
        own.forget(at, AlertState.latest(lastSlot, own.latest()));
        for (var series : new ArrayList<>(known.values())) {
            end(series, at, Reasons.REMOVED);
        }
    }

    /** Resolves and removes one alert; no effect when the monitor has none with this id. */
    public void forget(String alert, Instant at) {
        if (own.alert().equals(alert)) {
            own.end(at, Reasons.FORGOTTEN, by);
            heard = listening.time(); // a continued silence is a new one
        }
        for (var series : new ArrayList<>(known.values())) {
            if (series.alert.equals(alert)) {
                forgotAt(at);
                end(series, at, Reasons.FORGOTTEN);
            }
        }
    }

    private void end(SeriesState series, Instant at, String reason) {
        series.state()
                .ended(at, reason)
                .ifPresent(transition ->
                        journal.publish(by.event(series.alert, series.labels, transition, own.generation())));
        forget(series);
    }

    /** Decides by the time of listening whether the monitor is silent, and whether its trouble has lasted long enough. */
    public void listen(Instant now) {
        resume();
        if (lastSlot.isAfter(now) && !by.isAhead(lastSlot, now)) {
            // after a small correction of a clock, results are ignored until their slots are new; this is no silence
            heard = listening.time();
        }
        own.passDelay(listening.time(), by);
        listening.overdue(heard, by.patience()).ifPresent(overdue -> own.silent(now.minus(overdue), now, by));
    }
}
