package io.growalert.history.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.growalert.evaluation.match.Matcher;
import io.growalert.history.store.Micros;
import io.growalert.history.store.StoredStatus;
import io.growalert.runtime.database.Columns;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a status page shows of some monitors: no labels, values or reasons. */
public final class StatusPage {
    private static final int MOST_MONITORS = 500;
    private static final Duration INCIDENTS = Duration.ofDays(7);

    private final JdbcClient jdbc;
    private final MonitorReader monitors;
    private final SpanReader spans;
    private final TopicProgress progress;

    public StatusPage(JdbcClient jdbc, TopicProgress progress) {
        this.jdbc = jdbc;
        this.monitors = new MonitorReader(jdbc);
        this.spans = new SpanReader(jdbc);
        this.progress = progress;
    }

    /**
     * @param title the label {@code title}, or else the id
     * @param status null: there was no result yet
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Row(
            String id,
            String title,
            @Nullable StoredStatus status,
            @Nullable Instant since,
            List<StatusBar.Cell> bar) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Incident(
            String monitor, Instant from, @Nullable Instant to) {}

    /**
     * @param status the worst of all; null without one, and instead of PASSED while one of them has none
     * @param total more than {@code monitors} has when there are more than 500
     * @param incidents open ones, and those of the last seven days
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record View(
            Instant asOf, @Nullable StoredStatus status, int total, List<Row> monitors, List<Incident> incidents) {}

    /** The monitors that all matchers match, by their labels and {@code monitor}, the id. */
    public View read(List<Matcher> matchers, BarWindow window) {
        var asOf = progress.asOf();
        var matching = monitors.all().stream()
                .filter(entry -> matches(entry, matchers))
                .toList();
        var shown = matching.stream().limit(MOST_MONITORS).toList();
        var bars = spans.bars(shown, window, asOf);
        var rows = shown.stream()
                .map(entry -> {
                    var bar = bars.get(entry.id());
                    return new Row(
                            entry.monitor(),
                            entry.labels().getOrDefault("title", entry.monitor()),
                            entry.status(asOf),
                            entry.since(asOf),
                            bar == null ? List.of() : bar.cells());
                })
                .toList();
        var statuses = new ArrayList<@Nullable StoredStatus>();
        matching.forEach(entry -> statuses.add(entry.status(asOf)));
        return new View(asOf, overall(statuses), matching.size(), rows, incidents(matching, asOf));
    }

    private static boolean matches(MonitorReader.Entry entry, List<Matcher> matchers) {
        var labels = new HashMap<>(entry.labels());
        labels.put("monitor", entry.monitor());
        return matchers.stream().allMatch(matcher -> matcher.test(labels));
    }

    /** Not PASSED while a monitor was never checked. */
    static @Nullable StoredStatus overall(List<@Nullable StoredStatus> statuses) {
        StoredStatus worst = null;
        for (var status : statuses) {
            if (status != null) {
                worst = worst == null ? status : worst.worse(status);
            }
        }
        return worst == StoredStatus.PASSED && statuses.stream().anyMatch(Objects::isNull) ? null : worst;
    }

    private List<Incident> incidents(List<MonitorReader.Entry> entries, Instant asOf) {
        return jdbc.sql("""
                        select monitor, fired_at, resolved_at from history.alert_incidents
                        where monitor = any (:monitors) and (resolved_at is null or resolved_at > :since)
                        order by resolved_at is not null, fired_at desc limit 200
                        """)
                .param(
                        "monitors",
                        entries.stream().map(MonitorReader.Entry::monitor).toArray(String[]::new))
                .param("since", Micros.utc(asOf.minus(INCIDENTS)))
                .query((row, _) -> new Incident(
                        row.getString("monitor"),
                        Columns.instant(row, "fired_at"),
                        Columns.optionalInstant(row, "resolved_at")))
                .list();
    }
}
