package io.growalert.billing.records;

import io.growalert.billing.stripe.Kind;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The recorded objects that may have changed at Stripe since they were recorded, since they are not at their last stage. */
public final class OpenRecords {
    private final JdbcClient jdbc;

    public OpenRecords(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The ids of these objects of a kind, and of those whose row was lost; the longest unseen first. */
    public List<String> ids(Kind kind, Instant since) {
        return switch (kind) {
            case CUSTOMER ->
                jdbc.sql(select("customer", "not t.deleted and t.created_at >= :since"))
                        .param("since", since.atOffset(ZoneOffset.UTC))
                        .query(String.class)
                        .list();
            case SUBSCRIPTION -> ids("subscription", "t.status not in ('canceled', 'incomplete_expired')");
            case INVOICE -> ids("invoice", "t.status in ('draft', 'open')");
            case CHARGE -> ids("charge", "t.status = 'pending'");
            case PAYMENT -> ids("payment", "t.status not in ('succeeded', 'canceled')");
            case INVOICE_PAYMENT -> ids("invoice_payment", "t.status = 'open'");
            case REFUND -> ids("refund", "t.status in ('pending', 'requires_action')");
            case DISPUTE -> ids("dispute", "t.status not in ('won', 'lost', 'warning_closed')");
        };
    }

    private List<String> ids(String record, String condition) {
        return jdbc.sql(select(record, condition)).query(String.class).list();
    }

    /** @param record the kind as recorded; its table is named after it */
    private static String select(String record, String condition) {
        return """
                select o.id from billing.objects o left join billing.%1$ss t on t.id = o.id
                where o.kind = '%1$s' and (t.id is null or %2$s)
                order by o.as_of
                """.formatted(record, condition);
    }
}
