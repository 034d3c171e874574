package io.growalert.history.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.growalert.history.store.StoredStatus;
import io.growalert.runtime.entitlement.CustomerPauses;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Monitors with their status, now and over time. */
public final class MonitorOverview {
    private final MonitorReader monitors;
    private final SpanReader spans;
    private final TopicProgress progress;
    private final CustomerPauses pauses;

    /** @param pauses which customers' monitors are paused */
    public MonitorOverview(JdbcClient jdbc, TopicProgress progress, CustomerPauses pauses) {
        this.monitors = new MonitorReader(jdbc);
        this.spans = new SpanReader(jdbc);
        this.progress = progress;
        this.pauses = pauses;
    }

    /**
     * @param every an ISO 8601 duration
     * @param status null: there was no result yet
     * @param lastValue of a run with one series
     * @param routed whether the routes choose receivers, in addition to {@code receivers}
     * @param summary the template of the summary
     * @param error why the last run could not query its source
     * @param paused why it does not run at present; null when it does
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Row(
            String id,
            Map<String, String> labels,
            String every,
            String source,
            @Nullable StoredStatus status,
            @Nullable Instant since,
            @Nullable Instant lastSlot,
            @Nullable Double lastValue,
            @Nullable String unit,
            int series,
            int openIncidents,
            List<String> receivers,
            boolean routed,
            @Nullable String summary,
            @Nullable String error,
            @Nullable String paused,
            List<StatusBar.Cell> bar) {}

    /**
     * @param total of all pages
     * @param counts by status, whatever statuses are wanted
     * @param next the cursor of the next page
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Page(
            Instant asOf,
            long total,
            Map<StoredStatus, Long> counts,
            List<Row> monitors,
            @Nullable String next) {}

    /**
     * @param search in the id, or in the name or the value of a label; null for all
     * @param labels that all are there, each as {@code NAME:VALUE}; both parts may have colons
     */
    public record Filter(@Nullable String search, Collection<StoredStatus> statuses, List<String> labels) {}

    /** The monitors behind the cursor in the order of their ids. */
    public Page page(Filter filter, BarWindow window, @Nullable String cursor, int limit) {
        var asOf = progress.asOf();
        var counts = monitors.counts(filter, asOf);
        var found = monitors.page(filter, cursor == null ? "" : cursor, limit + 1, asOf);
        var page = found.subList(0, Math.min(limit, found.size()));
        var next = found.size() > limit ? page.getLast().monitor() : null;
        var entries = page.stream().flatMap(stored -> stored.entry().stream()).toList();
        return new Page(asOf, monitors.total(filter, counts, asOf), counts, rows(entries, window, asOf), next);
    }

    List<Row> rows(List<MonitorReader.Entry> entries, BarWindow window, Instant asOf) {
        var ids = entries.stream().map(MonitorReader.Entry::id).toList();
        var series = monitors.series(ids);
        var open = monitors.openIncidents(
                entries.stream().map(MonitorReader.Entry::monitor).toList());
        var bars = spans.bars(entries, window, asOf);
        return entries.stream()
                .map(entry -> row(
                        entry,
                        asOf,
                        series.getOrDefault(entry.id(), 0),
                        open.getOrDefault(entry.monitor(), 0),
                        bars.get(entry.id())))
                .toList();
    }

    private Row row(MonitorReader.Entry entry, Instant asOf, int series, int openIncidents, @Nullable StatusBar bar) {
        var definition = entry.definition();
        var receivers = definition.alert().receivers();
        return new Row(
                entry.monitor(),
                entry.labels(),
                definition.every().toString(),
                definition.source(),
                entry.status(asOf),
                entry.since(asOf),
                entry.lastSlot(),
                entry.lastValue(),
                definition.unit(),
                series,
                openIncidents,
                receivers,
                receivers.isEmpty() || Boolean.TRUE.equals(definition.alert().routes()),
                definition.summary(),
                entry.error(),
                pauses.isPaused(definition.customer()) ? CustomerPauses.REASON : null,
                bar == null ? List.of() : bar.cells());
    }
}
