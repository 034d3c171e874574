package io.growalert.history.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.growalert.events.Ids;
import io.growalert.history.store.ChunkTable;
import io.growalert.history.store.Micros;
import io.growalert.history.store.RollupReader;
import io.growalert.history.store.StoredStatus;
import io.growalert.runtime.database.Columns;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a plot of a monitor shows: values, thresholds, incidents and spans. */
public final class MonitorValues {
    private static final int DEFAULT_SERIES = 10;
    private static final int MOST_SPANS = 5_000;

    private final JdbcClient jdbc;
    private final MonitorReader monitors;
    private final SeriesReader series;
    private final SpanReader spans;
    private final CurveReader curves;
    private final TopicProgress progress;

    public MonitorValues(JdbcClient jdbc, ChunkTable values, RollupReader rollups, TopicProgress progress) {
        this.jdbc = jdbc;
        this.monitors = new MonitorReader(jdbc);
        this.series = new SeriesReader(jdbc);
        this.spans = new SpanReader(jdbc);
        this.curves = new CurveReader(values, rollups);
        this.progress = progress;
    }

    /**
     * @param series ids; empty for the first ten
     * @param from null: a day before {@code to}
     * @param to null: now
     * @param points the most of a series
     */
    public record Wanted(
            List<String> series,
            @Nullable Instant from,
            @Nullable Instant to,
            int points) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Limits(
            Instant from,
            @Nullable Instant to,
            @JsonRawValue @Nullable String fail,
            @JsonRawValue @Nullable String degraded,
            @JsonRawValue @Nullable String resolve) {}

    /** @param series null: of the monitor itself */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Incident(
            String id,
            @Nullable String series,
            Instant from,
            @Nullable Instant to,
            String reason) {}

    /** @param series null: the monitor itself */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Period(
            @Nullable String series,
            StoredStatus status,
            Instant from,
            @Nullable Instant to) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record View(
            Instant asOf,
            Instant from,
            Instant to,
            String resolution,
            @Nullable String unit,
            List<CurveReader.Curve> series,
            List<Limits> thresholds,
            List<Incident> incidents,
            List<Period> spans) {}

    /** Empty when no such monitor is defined. */
    public Optional<View> read(String monitor, Wanted wanted) {
        return monitors.one(monitor).map(entry -> view(entry, wanted));
    }

    private View view(MonitorReader.Entry entry, Wanted wanted) {
        var asOf = progress.asOf();
        var latest = Instants.latest(asOf, Instant.EPOCH.plus(Duration.ofDays(1)));
        var to = Instants.end(wanted.from(), wanted.to(), latest);
        var from = wanted.from() == null ? to.minus(Duration.ofDays(1)) : wanted.from();
        var chosen = wanted.series().isEmpty()
                ? series.all(entry.id(), DEFAULT_SERIES)
                : series.some(entry.id(), wanted.series());
        var resolution = Resolution.of(from, to, entry.definition().every(), wanted.points());
        var read = curves.read(entry.id(), chosen, from, to, resolution);
        if (read.stream().anyMatch(curve -> curve.t().size() > wanted.points())) {
            resolution = Resolution.atMost(Duration.between(from, to), wanted.points());
            read = curves.read(entry.id(), chosen, from, to, resolution);
        }
        return new View(
                asOf,
                from,
                to,
                resolution.toString(),
                entry.definition().unit(),
                read,
                thresholds(entry.id(), from, to),
                incidents(entry.monitor(), chosen, from, to),
                periods(entry, chosen, from, to, asOf));
    }

    private static final String THRESHOLDS = """
            select valid_from, valid_to, fail::text as fail, degraded::text as degraded, resolve::text as resolve
            from history.thresholds
            where monitor = :monitor and valid_from < :to and (valid_to is null or valid_to > :from) order by valid_from
            """;

    private List<Limits> thresholds(int monitor, Instant from, Instant to) {
        return jdbc.sql(THRESHOLDS)
                .param("monitor", monitor)
                .param("from", Micros.utc(from))
                .param("to", Micros.utc(to))
                .query((row, _) -> new Limits(
                        Columns.instant(row, "valid_from"),
                        Columns.optionalInstant(row, "valid_to"),
                        row.getString("fail"),
                        row.getString("degraded"),
                        row.getString("resolve")))
                .list();
    }

    private static final String INCIDENTS = """
            select incident, alert, fired_at, resolved_at, reason from history.alert_incidents
            where monitor = :monitor and alert = any (:alerts) and fired_at <= :to
              and (resolved_at is null or resolved_at >= :from)
            order by fired_at limit 1000
            """;

    private List<Incident> incidents(String monitor, List<SeriesReader.Series> chosen, Instant from, Instant to) {
        var own = Ids.alert(monitor);
        var alerts =
                new ArrayList<>(chosen.stream().map(SeriesReader.Series::alert).toList());
        alerts.add(own);
        return jdbc.sql(INCIDENTS)
                .param("monitor", monitor)
                .param("alerts", alerts.toArray(String[]::new))
                .param("from", Micros.utc(from))
                .param("to", Micros.utc(to))
                .query((row, _) -> {
                    var alert = row.getString("alert");
                    return new Incident(
                            row.getString("incident"),
                            own.equals(alert) ? null : alert,
                            Columns.instant(row, "fired_at"),
                            Columns.optionalInstant(row, "resolved_at"),
                            row.getString("reason"));
                })
                .list();
    }

    private List<Period> periods(
            MonitorReader.Entry entry, List<SeriesReader.Series> chosen, Instant from, Instant to, Instant asOf) {
        var names = new HashMap<Integer, @Nullable String>();
        chosen.forEach(each -> names.put(each.id(), each.alert()));
        names.put(0, null);
        var unchecked = entry.unchecked(asOf);
        var periods = new ArrayList<Period>();
        for (var span : spans.read(List.of(entry.id()), names.keySet(), from, to, MOST_SPANS)) {
            boolean ends = span.until() != null || unchecked.isPresent();
            var until = ends ? entry.knownUntil(span.end(asOf), asOf) : null;
            if (until == null || until.isAfter(span.since())) {
                periods.add(new Period(names.get(span.series()), span.status(), span.since(), until));
            }
        }
        unchecked
                .filter(since -> since.isBefore(to))
                .ifPresent(since -> periods.add(new Period(null, StoredStatus.MISSED, since, null)));
        return periods;
    }
}
