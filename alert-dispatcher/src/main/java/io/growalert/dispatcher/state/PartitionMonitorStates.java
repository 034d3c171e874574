package io.growalert.dispatcher.state;

import io.growalert.evaluation.alert.CompiledDefinition;
import io.growalert.evaluation.alert.Listening;
import io.growalert.evaluation.alert.MonitorState;
import io.growalert.events.AlertCommand;
import io.growalert.events.CheckResult;
import io.growalert.events.DroppedRows;
import io.growalert.events.Json;
import io.growalert.events.Limits;
import io.growalert.events.SeriesResult;
import io.growalert.events.SystemMonitor;
import io.growalert.runtime.entitlement.CustomerPauses;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The monitors of one partition. Each method decides on one record and leaves changes and events in {@link Changes}; the memory is
 * ahead of the store until those are written.
 */
final class PartitionMonitorStates {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionMonitorStates.class);
    private static final Duration STORE_LISTENED_EVERY = Duration.ofSeconds(30);
    /** With more, an event does not fit into a record; JSON encodes a character in up to six bytes. */
    private static final int MOST_LABEL_BYTES = DefinitionReader.MOST_BYTES_IN_EVENTS;

    private final KeyValueStore<String, byte[]> definitions;
    private final AlertStore alerts;
    private final Changes changes;
    private final Listening listening;
    private final Duration ownAlertDelay;
    private final StateMetrics metrics;
    private final CustomerPauses pauses;
    private final Map<String, MonitorState> monitors = new HashMap<>();
    private final Set<String> faulty = new HashSet<>();
    private final Instant listened;
    private Instant listenedStored = Instant.EPOCH;

    PartitionMonitorStates(
            KeyValueStore<String, byte[]> definitions,
            AlertStore alerts,
            Changes changes,
            Listening listening,
            Duration ownAlertDelay,
            StateMetrics metrics,
            CustomerPauses pauses) {
        this.definitions = definitions;
        this.alerts = alerts;
        this.changes = changes;
        this.listening = listening;
        this.ownAlertDelay = ownAlertDelay;
        this.metrics = metrics;
        this.pauses = pauses;
        listened = alerts.listened().orElse(Instant.EPOCH);
        try (var all = definitions.all()) {
            all.forEachRemaining(
                    entry -> restored(entry.key, entry.value).ifPresent(monitor -> monitors.put(entry.key, monitor)));
        }
    }

    private Optional<MonitorState> restored(String id, byte[] json) {
        try {
            return Optional.of(watched(DefinitionReader.read(json)));
        } catch (Throwable e) {
            StateProcessor.rethrowUnlessPoison(e);
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("monitorId", id)
                    .log("Stored definition is unreadable; monitor disabled");
            return Optional.empty();
        }
    }

    private MonitorState watched(CompiledDefinition definition) {
        return new MonitorState(definition, changes, listening, ownAlertDelay, listened);
    }

    /** Restores the monitor from the store, after its decision was discarded. */
    void reload(@Nullable String id) {
        var old = id == null ? null : monitors.remove(id);
        var json = id == null ? null : definitions.get(id);
        if (id != null && json != null) {
            restored(id, json).ifPresent(monitor -> {
                if (old != null) {
                    monitor.heardAt(old.heard());
                }
                monitors.put(id, monitor);
            });
        }
    }

    void result(@Nullable String key, byte @Nullable [] value, Instant appended) {
        if (value == null) {
            throw new Unusable("expected a check result, not a tombstone");
        }
        var run = Json.read(value, CheckResult.class);
        if (!run.monitor().equals(key)) {
            throw new Unusable("the key is not the monitor of the result");
        }
        var monitor = monitors.get(run.monitor());
        if (monitor == null) {
            if (!SystemMonitor.isId(run.monitor())) {
                metrics.ignoredUndefined();
            }
            return;
        }
        boolean isPaused = pauses.wasPaused(monitor.definition().definition().customer(), appended);
        if (isPaused && monitor.definition().definition().pushed()) {
            metrics.ignoredPaused();
            return;
        }
        if (monitor.definition().isAhead(run.slot(), appended)) {
            throw new Unusable("the slot %s is ahead of the broker's clock".formatted(run.slot()));
        }
        if (!isPaused) {
            monitor.resume();
        }
        metrics.judged(run.series().size());
        var judged = monitor.observe(withinLimits(run), appended);
        metrics.ignoredOld(judged.old());
        metrics.ignoredBeyondLimit(judged.beyondLimit());
        if (judged.clockCorrected()) {
            metrics.clockCorrected();
            LOG.atWarn()
                    .addKeyValue("monitorId", run.monitor())
                    .addKeyValue("slot", run.slot())
                    .log("Clock corrected; counters and reminders reset");
        }
    }

    private boolean isPaused(MonitorState monitor) {
        return pauses.isPaused(monitor.definition().definition().customer());
    }

    /** Drops the series whose labels exceed the limits, which only a foreign producer can publish. */
    private CheckResult withinLimits(CheckResult run) {
        var left = new ArrayList<SeriesResult>(run.series().size());
        @Nullable String reason = null;
        for (var series : run.series()) {
            var exceeded = exceededBy(series.labels());
            if (exceeded == null) {
                left.add(series);
            } else {
                reason = reason == null ? exceeded : reason;
            }
        }
        if (reason == null) {
            return run;
        }
        int rows = run.series().size() - left.size();
        metrics.ignoredLabels(rows);
        var before = run.dropped();
        var dropped =
                before == null ? new DroppedRows(rows, reason) : new DroppedRows(before.rows() + rows, before.reason());
        return new CheckResult(
                run.monitor(),
                run.slot(),
                run.startedAt(),
                run.durationMs(),
                run.status(),
                run.missedSlots(),
                run.part(),
                run.parts(),
                run.labels(),
                left,
                run.error(),
                dropped,
                run.instance());
    }

    private static @Nullable String exceededBy(Map<String, String> labels) {
        var limit = Limits.exceededBy(labels);
        if (limit.isPresent()) {
            return limit.get();
        }
        int characters = 0;
        for (var label : labels.entrySet()) {
            characters += label.getKey().length() + label.getValue().length();
        }
        return characters > MOST_LABEL_BYTES / 6 && Json.write(labels).length > MOST_LABEL_BYTES
                ? "the labels have more than %d bytes as JSON".formatted(MOST_LABEL_BYTES)
                : null;
    }

    void definition(@Nullable String id, byte @Nullable [] json, Instant at) {
        if (id == null) {
            throw new Unusable("a definition requires its monitor's id as key");
        }
        if (json == null) {
            remove(id, at);
            return;
        }
        var definition = DefinitionReader.read(json);
        if (!definition.monitor().equals(id)) {
            throw new Unusable("the key is not the definition's id");
        }
        define(definition, json, at);
    }

    private void define(CompiledDefinition definition, byte[] json, Instant at) {
        var id = definition.monitor();
        var there = monitors.get(id);
        if (there == null) {
            monitors.put(id, watched(definition));
        } else if (!there.definition().definition().equals(definition.definition())) {
            there.redefine(definition, at);
        } else {
            return;
        }
        faulty.remove(id);
        changes.define(id, json);
    }

    private void remove(String id, Instant at) {
        var there = monitors.remove(id);
        if (there != null) {
            there.remove(at);
            changes.define(id, null);
        }
    }

    void command(@Nullable String key, byte @Nullable [] value, Instant at) {
        if (value == null) {
            throw new Unusable("expected an alert command, not a tombstone");
        }
        var command = Json.read(value, AlertCommand.class);
        if (!command.monitor().equals(key)) {
            throw new Unusable("the key is not the monitor of the command");
        }
        var monitor = monitors.get(command.monitor());
        if (monitor != null) {
            switch (command.type()) {
                case FORGET -> monitor.forget(command.alert(), at);
            }
        }
    }

    /** Checks every monitor that is not paused for silence; a failure of one is logged once, and affects no other. */
    void listen(Instant now, Consumer<Changes.Encoded> write) {
        for (var id : List.copyOf(monitors.keySet())) {
            var decided = listen(id, now);
            if (decided != null) {
                write.accept(decided);
            }
        }
    }

    private Changes.@Nullable Encoded listen(String id, Instant now) {
        try {
            var monitor = monitors.get(id);
            if (monitor == null) {
                return null;
            }
            if (isPaused(monitor)) {
                monitor.pause(now);
            } else {
                monitor.listen(now);
            }
            return changes.encoded(now.toEpochMilli());
        } catch (Throwable e) {
            StateProcessor.rethrowUnlessPoison(e);
            changes.discard();
            reload(id);
            if (faulty.add(id)) {
                LOG.atError().setCause(e).addKeyValue("monitorId", id).log("Silence check failed");
            }
            return null;
        }
    }

    /** Stores until when results could arrive, for monitors whose silence outlasts a restart; needs no commit of its own. */
    void storeListened(Instant appended) {
        if (Duration.between(listenedStored, appended).abs().compareTo(STORE_LISTENED_EVERY) < 0) {
            return;
        }
        listenedStored = appended;
        if (monitors.values().stream().anyMatch(MonitorState::hasLongPatience)) {
            alerts.putListened(appended);
        }
    }
}
