package io.growalert.history.ingest;

import io.growalert.events.MonitorDefinition;
import io.growalert.events.StorableText;
import io.growalert.history.store.Micros;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Stores the definitions of monitors, and their thresholds with the time in which they were valid. */
final class DefinitionWriter {
    private final JdbcClient jdbc;
    private final TrackedMonitors monitors;

    DefinitionWriter(JdbcClient jdbc, TrackedMonitors monitors) {
        this.jdbc = jdbc;
        this.monitors = monitors;
    }

    /** @param definition null: the monitor was removed */
    record Change(String monitor, @Nullable MonitorDefinition definition, Instant at) {}

    private static final String DEFINE = """
            update history.monitors set definition = :definition::jsonb, labels = :labels::jsonb,
                silence = make_interval(secs => :silence), defined_at = case when definition is null then :at else defined_at end,
                removed_at = null
            where monitor = :monitor
            """;

    private static final String REMOVE = """
            with removed as (update history.monitors set definition = null, removed_at = :at, status = null, since = null
                             where monitor = :monitor returning id),
                 thresholds as (update history.thresholds t set valid_to = greatest(:at, valid_from) from removed
                                where t.monitor = removed.id and t.valid_to is null)
            update history.status_spans p set until = greatest(:at, since) from removed
            where p.monitor = removed.id and p.until is null
            """;

    /** Within the caller's transaction. */
    void store(List<Change> changes) {
        if (changes.isEmpty()) {
            return;
        }
        monitors.load(changes.stream().map(Change::monitor).toList());
        for (var change : changes) {
            var definition = change.definition();
            if (definition == null) {
                jdbc.sql(REMOVE)
                        .param("monitor", change.monitor())
                        .param("at", Micros.utc(change.at()))
                        .update();
                monitors.forget(change.monitor());
                monitors.load(List.of(change.monitor()));
            } else {
                define(change, definition);
            }
        }
    }

    private void define(Change change, MonitorDefinition definition) {
        jdbc.sql(DEFINE)
                .param("monitor", change.monitor())
                .param("definition", json(definition))
                .param("labels", json(StorableText.of(definition.labels())))
                .param("silence", definition.silenceLimit().toMillis() / 1_000.0)
                .param("at", Micros.utc(change.at()))
                .update();
        var track = monitors.get(change.monitor());
        track.redefine(MonitorRules.of(definition), change.at());
        thresholds(track.id, definition, change.at());
    }

    /** U+0000 is valid in JSON, and not in the database. */
    private static String json(Object value) {
        return TrackedMonitors.json(value).replace("\\u0000", "\\ufffd");
    }

    private record Limits(
            @Nullable String fail,
            @Nullable String degraded,
            @Nullable String resolve) {}

    private void thresholds(int monitor, MonitorDefinition definition, Instant at) {
        var next = new Limits(text(definition.fail()), text(definition.degraded()), text(definition.resolve()));
        boolean same = jdbc.sql("""
                        select exists (select from history.thresholds where monitor = :monitor and valid_to is null
                            and fail is not distinct from :fail::jsonb and degraded is not distinct from :degraded::jsonb
                            and resolve is not distinct from :resolve::jsonb)
                        """)
                .param("monitor", monitor)
                .param("fail", next.fail())
                .param("degraded", next.degraded())
                .param("resolve", next.resolve())
                .query(Boolean.class)
                .single();
        if (same) {
            return;
        }
        jdbc.sql(
                        "update history.thresholds set valid_to = greatest(:at, valid_from) where monitor = :monitor and valid_to is null")
                .param("monitor", monitor)
                .param("at", Micros.utc(at))
                .update();
        jdbc.sql("""
                        insert into history.thresholds (monitor, valid_from, fail, degraded, resolve)
                        values (:monitor, :at, :fail::jsonb, :degraded::jsonb, :resolve::jsonb)
                        on conflict (monitor, valid_from) do update set valid_to = null, fail = excluded.fail,
                            degraded = excluded.degraded, resolve = excluded.resolve
                        """)
                .param("monitor", monitor)
                .param("at", Micros.utc(at))
                .param("fail", next.fail())
                .param("degraded", next.degraded())
                .param("resolve", next.resolve())
                .update();
    }

    private static @Nullable String text(@Nullable Object threshold) {
        return threshold == null ? null : TrackedMonitors.json(threshold);
    }
}
