package io.growalert.history.ingest;

import io.growalert.history.store.Micros;
import io.growalert.history.store.StoredStatus;
import io.growalert.runtime.database.Columns;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The changes of status of one batch. */
final class SpanChanges {
    private final List<OpenSpan> begun = new ArrayList<>();
    private final Set<OpenSpan> changed = new LinkedHashSet<>();

    /** The span with this status from now on; the present one when it has it already. */
    OpenSpan change(@Nullable OpenSpan present, int monitor, int series, StoredStatus status, long at) {
        if (present != null) {
            if (present.status() == status) {
                return present;
            }
            if (at <= present.since) {
                present.status(status);
                touched(present);
                return present;
            }
            end(present, at);
        }
        var next = new OpenSpan(monitor, series, status, at, false);
        begun.add(next);
        return next;
    }

    void end(OpenSpan present, long at) {
        present.end(Math.max(at, present.since));
        touched(present);
    }

    private void touched(OpenSpan span) {
        if (span.isStored()) {
            changed.add(span);
        }
    }

    /** For tests: those that began in this batch. */
    List<OpenSpan> begun() {
        return begun;
    }

    private static final String UPDATE = """
            update history.status_spans p set until = c.until::timestamptz, status = c.status
            from unnest(:monitors::bigint[], :series::bigint[], :since::timestamptz[], :until::text[], :statuses::bigint[])
                 as c (monitor, series, since, until, status)
            where p.monitor = c.monitor and p.series = c.series and p.since = c.since
            """;

    private static final String INSERT = """
            insert into history.status_spans (monitor, series, since, until, status)
            select monitor, series, since, until::timestamptz, status
            from unnest(:monitors::bigint[], :series::bigint[], :since::timestamptz[], :until::text[], :statuses::bigint[])
                 as c (monitor, series, since, until, status)
            on conflict do nothing
            """;

    /** Within the caller's transaction. */
    void write(JdbcClient jdbc) {
        execute(jdbc, UPDATE, List.copyOf(changed));
        execute(jdbc, INSERT, begun);
        begun.forEach(OpenSpan::written);
    }

    private static void execute(JdbcClient jdbc, String sql, List<OpenSpan> spans) {
        if (!spans.isEmpty()) {
            jdbc.sql(sql)
                    .param("monitors", Columns.numbers(spans, span -> span.monitor))
                    .param("series", Columns.numbers(spans, span -> span.series))
                    .param("since", Columns.times(spans, span -> Micros.instant(span.since)))
                    .param("until", Columns.texts(spans, span -> {
                        var until = span.until();
                        return until == null ? null : Micros.instant(until).toString();
                    }))
                    .param("statuses", Columns.numbers(spans, span -> span.status()
                            .code()))
                    .update();
        }
    }
}
