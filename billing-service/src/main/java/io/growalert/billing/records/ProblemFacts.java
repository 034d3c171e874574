package io.growalert.billing.records;

import io.growalert.events.CheckResult;
import io.growalert.events.SeriesResult;
import io.growalert.events.SystemMonitor;
import io.growalert.runtime.database.Columns;
import io.growalert.runtime.selfwatch.SystemFact;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Recorded objects that need an operator, as facts of system monitors: one series each, without personal data. */
public final class ProblemFacts {
    private ProblemFacts() {}

    private static final String FAILED_RENEWALS = """
            select s.id, s.customer, s.status, coalesce(i.amount_remaining, 0) as amount, coalesce(i.attempt_count, 0) as attempts,
                   coalesce(i.currency, s.currency, '') as currency
            from billing.subscriptions s left join billing.invoices i on i.id = s.latest_invoice
            where s.status in ('past_due', 'unpaid')
            order by s.id
            limit :limit
            """;

    /** Subscriptions whose renewal could not be paid; the value is the unpaid amount in the currency's smallest unit. */
    public static SystemFact failedRenewals(JdbcClient jdbc) {
        return new SystemFact(SystemMonitor.BILLING_FAILED_RENEWALS, () -> failedRenewalsOf(jdbc));
    }

    private static List<SeriesResult> failedRenewalsOf(JdbcClient jdbc) {
        return jdbc.sql(FAILED_RENEWALS)
                .param("limit", CheckResult.MAX_SERIES)
                .query((row, n) -> SystemFact.failed(
                        Map.of("subscription", row.getString("id"), "customer", row.getString("customer")),
                        row.getLong("amount"),
                        "renewal %s: %d %s unpaid after %d attempts"
                                .formatted(
                                        row.getString("status"),
                                        row.getLong("amount"),
                                        row.getString("currency"),
                                        row.getLong("attempts"))))
                .list();
    }

    private static final String DISPUTES = """
            select id, charge, status, reason, amount, currency, due_at
            from billing.disputes
            where status not in ('won', 'lost', 'warning_closed')
            order by created_at, id
            limit :limit
            """;

    /** Disputes that are not decided; the value is the amount in the currency's smallest unit. */
    public static SystemFact disputes(JdbcClient jdbc) {
        return new SystemFact(SystemMonitor.BILLING_DISPUTES, () -> disputesOf(jdbc));
    }

    private static List<SeriesResult> disputesOf(JdbcClient jdbc) {
        return jdbc.sql(DISPUTES)
                .param("limit", CheckResult.MAX_SERIES)
                .query((row, n) -> {
                    var due = Columns.optionalInstant(row, "due_at");
                    return SystemFact.failed(
                            Map.of("dispute", row.getString("id"), "charge", row.getString("charge")),
                            row.getLong("amount"),
                            "dispute %s (%s): %d %s%s"
                                    .formatted(
                                            row.getString("status"),
                                            row.getString("reason"),
                                            row.getLong("amount"),
                                            row.getString("currency"),
                                            due == null ? "" : ", evidence due " + due));
                })
                .list();
    }
}
