package io.growalert.history.ingest;

import io.growalert.events.CheckResult;
import io.growalert.events.SeriesResult;
import io.growalert.events.StorableText;
import io.growalert.events.SystemMonitor;
import io.growalert.history.store.Micros;
import io.growalert.history.store.StoredStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known about one monitor while its runs arrive, from which its spans follow. It does no I/O. Times are in microseconds
 * since the epoch.
 */
final class MonitorTrack {
    private static final long NEVER = Long.MIN_VALUE;
    /** How old the slot of a monitor's row may be while nothing else of the row changes. */
    static final Duration MAX_SLOT_LAG = Duration.ofSeconds(10);

    private static final MonitorRules UNDEFINED =
            new MonitorRules(Duration.ZERO, Duration.ofMinutes(1), false, false, Duration.ofHours(24));

    final int id;
    private final boolean isSystem;
    private final Map<Map<String, String>, SeriesTrack> series = new HashMap<>();
    private final Set<Integer> parts = new HashSet<>();
    private @Nullable MonitorRules rules;
    /** A run that was published before the removal can be read after it. */
    private boolean isRemoved;

    private @Nullable OpenSpan own;
    /** By which late runs and gaps are known: not ahead of the broker's clock. */
    private long lastSlot = NEVER;
    /** By which values that may be stored already are known; a slot of a clock that is ahead too. */
    private long newestSlot = NEVER;
    /** Of the run whose parts arrive. */
    private long partsSlot = NEVER;
    /** Whether none of its values can have been stored before. */
    private boolean isPartsSlotNew;

    private long expectedFrom = NEVER;
    private @Nullable Double lastValue;
    private @Nullable String error;
    /** Null until this instance writes it for the first time. */
    private @Nullable WrittenState written;
    /** A run since the last write cannot be derived from {@code history.runs}. */
    private boolean writeRequired;

    private record WrittenState(
            OpenSpan own, StoredStatus status, @Nullable String error, long slot) {}

    MonitorTrack(int id, String monitor, @Nullable MonitorRules rules) {
        this.id = id;
        this.isSystem = SystemMonitor.isId(monitor);
        this.rules = rules;
    }

    /**
     * What the tables have.
     *
     * @param value of the last run, null unless that had one series
     */
    void restore(
            @Nullable OpenSpan span,
            @Nullable Instant slot,
            @Nullable Instant newest,
            @Nullable Double value,
            @Nullable String lastError) {
        own = span;
        lastValue = value;
        error = lastError;
        if (slot != null) {
            lastSlot = Micros.of(slot);
            newestSlot = newest == null ? lastSlot : Micros.of(newest);
        }
    }

    /** A series that is absent is older than the monitor's last run. */
    void restore(Map<String, String> labels, int seriesId, OpenSpan span) {
        long last = span.status() == StoredStatus.NO_DATA || lastSlot == NEVER ? span.since - 1 : lastSlot;
        series.put(labels, new SeriesTrack(seriesId, span, last));
    }

    /** Its status has ended, until it is defined again. */
    void remove() {
        isRemoved = true;
    }

    void redefine(@Nullable MonitorRules changed, Instant at) {
        isRemoved = false;
        if (rules == null || changed == null || !rules.every().equals(changed.every())) {
            expectedFrom = Micros.of(at);
        }
        rules = changed;
    }

    void add(Map<String, String> labels, int seriesId) {
        series.putIfAbsent(labels, new SeriesTrack(seriesId, null, NEVER));
    }

    /** Null when it has no id yet. */
    @Nullable
    SeriesTrack find(Map<String, String> labels) {
        return series.get(labels);
    }

    /** A series that has an id. */
    SeriesTrack get(Map<String, String> labels) {
        return Objects.requireNonNull(series.get(labels), "a series has no id yet");
    }

    /** Whether values of this run may be stored already: it is not later than all others. */
    boolean mayBeStored(CheckResult run) {
        long slot = Micros.of(run.slot());
        boolean isOtherPart = slot == partsSlot && isPartsSlotNew && !parts.contains(run.part());
        return slot < newestSlot || (slot == newestSlot && !isOtherPart);
    }

    @Nullable
    OpenSpan own() {
        return own;
    }

    /** Not ahead of the broker's clock. */
    Instant lastSlot() {
        return Micros.instant(lastSlot);
    }

    Instant newestSlot() {
        return Micros.instant(newestSlot);
    }

    @Nullable
    Double lastValue() {
        return lastValue;
    }

    @Nullable
    String error() {
        return error;
    }

    /** Of a run that has no row of its own with all of its values. */
    void requireWrite() {
        writeRequired = true;
    }

    /** Whether the monitor's row has to be written with this batch. */
    boolean needsWrite() {
        var row = written;
        return own != null
                && (row == null
                        || writeRequired
                        || row.own != own
                        || row.status != own.status()
                        || !Objects.equals(row.error, error)
                        || lastSlot - row.slot >= micros(MAX_SLOT_LAG));
    }

    void markWritten() {
        if (own != null) {
            written = new WrittenState(own, own.status(), error, lastSlot);
            writeRequired = false;
        }
    }

    private boolean isPushed() {
        return rules == null ? isSystem : rules.pushed();
    }

    private MonitorRules rulesOrDefault() {
        return rules == null ? UNDEFINED : rules;
    }

    /**
     * @param found the series of the run, in its order
     * @param appended the broker's time of the record: a slot of a clock that is ahead counts as this
     */
    void observe(CheckResult run, List<SeriesTrack> found, Instant appended, SpanChanges spans) {
        long runSlot = Micros.of(run.slot());
        long slot = Math.min(runSlot, Micros.of(appended));
        boolean isLate = lastSlot != NEVER && slot < lastSlot;
        boolean isNotLater = slot <= lastSlot;
        boolean isNew = runSlot > newestSlot;
        newestSlot = Math.max(newestSlot, runSlot);
        if (isRemoved) {
            lastSlot = Math.max(lastSlot, slot);
            return;
        }
        boolean complete = !isLate && arrived(run, runSlot, isNew);
        if (!isLate && !isPushed()) {
            missed(run, slot, spans);
            judgeOwn(status(run), slot, spans);
        }
        for (int i = 0; i < found.size(); i++) {
            judge(run.series().get(i), found.get(i), slot, spans);
        }
        if (complete && run.error() == null && (!isLate || isPushed())) {
            judgeAbsent(slot, spans);
        }
        if (isPushed()) {
            missed(run, slot, spans);
            judgeOwn(worst(run), Math.max(slot, lastSlot), spans);
        }
        if (!isLate) {
            lastValue = run.parts() == 1 && run.series().size() == 1
                    ? run.series().getFirst().value()
                    : null;
        }
        // of the last push that was read, like the status
        if (!isLate || isPushed()) {
            error = run.error() == null ? null : StorableText.of(run.error().message());
        }
        lastSlot = Math.max(lastSlot, slot);
        if (isNotLater || newestSlot != lastSlot) {
            requireWrite();
        }
    }

    /** Whether all parts of this run have arrived. */
    private boolean arrived(CheckResult run, long slot, boolean isNew) {
        if (slot != partsSlot) {
            parts.clear();
            partsSlot = slot;
            isPartsSlotNew = isNew;
        }
        parts.add(run.part());
        return parts.size() >= run.parts();
    }

    private void missed(CheckResult run, long slot, SpanChanges spans) {
        if (own == null || lastSlot == NEVER || slot <= lastSlot) {
            return;
        }
        long base = Math.max(lastSlot, Math.min(expectedFrom, slot));
        long gap = slot - base;
        long every = micros(rulesOrDefault().every());
        if (rules != null) {
            long tolerated = rules.pushed() ? micros(rules.silence()) : every + every / 2;
            if (gap > tolerated) {
                own = spans.change(own, id, OpenSpan.MONITOR, StoredStatus.MISSED, base + every);
            }
        } else if (run.missedSlots() > 0) {
            own = spans.change(own, id, OpenSpan.MONITOR, StoredStatus.MISSED, base + gap / (run.missedSlots() + 1));
        }
    }

    private static long micros(Duration duration) {
        return duration.toMillis() * 1_000;
    }

    private StoredStatus status(CheckResult run) {
        if (run.error() != null) {
            return StoredStatus.ERROR;
        }
        return run.series().isEmpty() && run.parts() == 1 ? withoutRows() : StoredStatus.of(run.status());
    }

    private StoredStatus withoutRows() {
        return rulesOrDefault().absencePasses() ? StoredStatus.PASSED : StoredStatus.NO_DATA;
    }

    /** Of a pushed monitor, whose instances know different series. */
    private StoredStatus worst(CheckResult run) {
        if (run.error() != null) {
            return StoredStatus.ERROR;
        }
        return series.values().stream()
                .flatMap(each ->
                        each.span == null ? List.<StoredStatus>of().stream() : List.of(each.span.status()).stream())
                .reduce(StoredStatus::worse)
                .orElseGet(() -> isSystem ? StoredStatus.PASSED : withoutRows());
    }

    private void judgeOwn(StoredStatus status, long slot, SpanChanges spans) {
        boolean isSameSlot = own != null && own.since == slot && slot == lastSlot && !isPushed();
        var next = isSameSlot && own != null ? own.status().worse(status) : status;
        own = spans.change(own, id, OpenSpan.MONITOR, next, slot);
    }

    private void judge(SeriesResult result, SeriesTrack known, long slot, SpanChanges spans) {
        if (known.span == null) {
            // or it was forgotten by an earlier run of the batch
            series.putIfAbsent(StorableText.of(result.labels()), known);
        }
        if (slot > known.lastSlot || known.span == null) {
            known.lastSlot = Math.max(slot, known.lastSlot);
            known.span = spans.change(known.span, id, known.id, StoredStatus.of(result.status()), slot);
        }
    }

    private void judgeAbsent(long slot, SpanChanges spans) {
        var by = rulesOrDefault();
        var status = by.absencePasses() || (rules == null && isSystem) ? StoredStatus.PASSED : StoredStatus.NO_DATA;
        List<Map<String, String>> forgotten = new ArrayList<>();
        series.forEach((labels, known) -> {
            long absent = slot - known.lastSlot;
            if (known.span == null || absent <= 0 || (isPushed() && absent <= micros(by.silence()))) {
                return;
            }
            if (absent > micros(by.forgetAfter())) {
                spans.end(known.span, slot);
                known.span = null;
                forgotten.add(labels);
            } else {
                known.span = spans.change(known.span, id, known.id, status, slot);
            }
        });
        forgotten.forEach(series::remove);
    }
}
