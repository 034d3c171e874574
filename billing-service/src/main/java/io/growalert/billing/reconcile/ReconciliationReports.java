package io.growalert.billing.reconcile;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@code billing.reconciliations}: the reports of the finished ones. */
final class ReconciliationReports {
    private static final Duration RETENTION = Duration.ofDays(90);
    private static final Duration AFTER_PROBLEMS = Duration.ofHours(1);

    private final JdbcClient jdbc;

    ReconciliationReports(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static final String ADD = """
            insert into billing.reconciliations (started_at, ended_at, since, complete, report)
            values (:started, :ended, :since, :complete, :report)
            """;

    private static final String DELETE_OLD = "delete from billing.reconciliations where ended_at < :before";

    void add(ReconciliationReport report, Instant started, Instant ended) {
        jdbc.sql(ADD)
                .param("started", started.atOffset(ZoneOffset.UTC))
                .param("ended", ended.atOffset(ZoneOffset.UTC))
                .param("since", report.since().atOffset(ZoneOffset.UTC))
                .param("complete", report.complete())
                .param("report", new String(Json.write(report), UTF_8))
                .update();
        jdbc.sql(DELETE_OLD)
                .param("before", ended.minus(RETENTION).atOffset(ZoneOffset.UTC))
                .update();
    }

    private static final String RECENT = """
            select exists (
                select from billing.reconciliations
                where (complete and started_at > :complete and since <= started_at - :lookBack * interval '1 second')
                   or started_at > :any)
            """;

    /** Whether no complete one that looked back as far started within {@code every}, and none with problems within an hour. */
    boolean isDue(Instant now, Duration every, Duration lookBack) {
        var retry = every.compareTo(AFTER_PROBLEMS) < 0 ? every : AFTER_PROBLEMS;
        return !jdbc.sql(RECENT)
                .param("complete", now.minus(every).atOffset(ZoneOffset.UTC))
                .param("lookBack", lookBack.toSeconds())
                .param("any", now.minus(retry).atOffset(ZoneOffset.UTC))
                .query(Boolean.class)
                .single();
    }

    /** The last report, as JSON. */
    Optional<String> last() {
        return jdbc.sql("select report from billing.reconciliations order by started_at desc limit 1")
                .query(String.class)
                .optional();
    }
}
