package io.growalert.billing.mail;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whether a later fact made a mail obsolete before it was sent, by what is recorded now. */
final class MailRelevance {
    private final JdbcClient jdbc;

    MailRelevance(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Why the mail is not sent; empty when it is. */
    Optional<String> superseded(QueuedMail mail) {
        return switch (mail.kind()) {
            case PAYMENT_FAILED -> confirmable(mail).or(() -> closed(mail));
            case ACTION_NEEDED -> closed(mail);
            case TRIAL_ENDING -> found(TRIAL, mail.values().get("subscription"), "the trial ended or was canceled");
            case CANCELED ->
                "true".equals(mail.values().get("scheduled"))
                        ? found(RESUMED, mail.values().get("subscription"), "the subscription was resumed")
                        : found(UNPAID, mail.values().get("subscription"), "the subscription never began");
            case MONITORS_PAUSE -> found(ENTITLED, mail.customer(), "the customer has a subscription again");
            case ADDRESS_MISSING ->
                found(ADDRESSED, mail.subject(), "the order has an address, or needs none any more");
            case SIGN_IN, RECEIPT, SHIPPED, REFUNDED, EMAIL_CHANGE, EMAIL_CHANGED -> Optional.empty();
        };
    }

    private static final String CLOSED = "select 1 from billing.invoices where id = :id and status <> 'open'";

    private Optional<String> closed(QueuedMail mail) {
        return found(CLOSED, mail.values().get("invoice"), "the invoice is not open any more");
    }

    private static final String CONFIRMABLE =
            "select 1 from billing.mails where kind = 'action_needed' and subject = :id";

    private Optional<String> confirmable(QueuedMail mail) {
        return found(CONFIRMABLE, mail.subject(), "the bank asks for a confirmation");
    }

    private static final String TRIAL = """
            select 1 from billing.subscriptions
            where id = :id and (status <> 'trialing' or cancel_at_period_end or cancel_at is not null)
            """;

    private static final String RESUMED = """
            select 1 from billing.subscriptions
            where id = :id and (ended_at is not null or not cancel_at_period_end and cancel_at is null)
            """;

    private static final String UNPAID = """
            select 1 from billing.invoices where subscription = :id having count(*) > 0 and bool_and(status <> 'paid')
            """;

    private static final String ADDRESSED =
            "select 1 from billing.orders where id = :id and shipping_state <> 'address_missing'";

    private static final String ENTITLED = "select 1 from billing.entitlements where customer = :id and entitled";

    private Optional<String> found(String sql, @Nullable String id, String reason) {
        return id == null
                ? Optional.empty()
                : jdbc.sql(sql).param("id", id).query(Integer.class).optional().map(_ -> reason);
    }
}
