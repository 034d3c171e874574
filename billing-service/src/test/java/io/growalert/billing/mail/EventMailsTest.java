package io.growalert.billing.mail;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.mail.EventMails.Applied;
import io.growalert.billing.stripe.StripeFields;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventMailsTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final long SECOND = NOW.getEpochSecond() - 60;

    private static final String INVOICE = """
            {"id": "in_1", "object": "invoice", "status": "%s", "billing_reason": "%s", "attempt_count": 2, "number": "A-0001",
             "amount_due": 1900, "amount_paid": %d, "amount_remaining": 1900, "currency": "eur", "next_payment_attempt": 1796212800,
             "hosted_invoice_url": "https://invoice.stripe.com/i/1", "invoice_pdf": "https://pay.stripe.com/1/pdf"}
            """;

    private static Optional<MailFact> fact(String type, String object) {
        return fact(type, object, NOW.minusSeconds(60));
    }

    private static Optional<MailFact> fact(String type, String object, Instant created, String... changed) {
        var fields = new StripeFields(StripeFields.parse(object), "object");
        return EventMails.of(new Applied(type, created, fields, Set.of(changed), "cus_1"), NOW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"invoice.paid", "invoice.payment_succeeded"})
    void a_paid_invoice_has_one_receipt_whichever_event_reports_it(String type) {
        assertThat(fact(type, INVOICE.formatted("paid", "subscription_create", 1900)))
                .contains(new MailFact(
                        MailKind.RECEIPT,
                        "in_1",
                        "cus_1",
                        Map.of(
                                "amount", "1900",
                                "currency", "eur",
                                "number", "A-0001",
                                "invoiceUrl", "https://invoice.stripe.com/i/1",
                                "pdfUrl", "https://pay.stripe.com/1/pdf")));
    }

    @Test
    void an_invoice_without_an_amount_has_no_receipt() {
        assertThat(fact("invoice.paid", INVOICE.formatted("paid", "subscription_create", 0)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"invoice.payment_failed, PAYMENT_FAILED", "invoice.payment_action_required, ACTION_NEEDED"})
    void each_attempt_of_a_renewal_that_the_customer_must_act_on_is_a_fact(String type, MailKind kind) {
        var found =
                fact(type, INVOICE.formatted("open", "subscription_cycle", 0)).orElseThrow();

        assertThat(found.kind()).isEqualTo(kind);
        assertThat(found.subject()).isEqualTo("in_1:2");
        assertThat(found.values())
                .containsEntry("invoice", "in_1")
                .containsEntry("amount", "1900")
                .containsEntry("invoiceUrl", "https://invoice.stripe.com/i/1")
                .containsEntry("nextAttempt", "2026-12-02T12:00:00Z");
    }

    @ParameterizedTest
    @CsvSource({
        "open, subscription_create",
        "open, subscription_update",
        "paid, subscription_cycle",
        "void, subscription_cycle"
    })
    void a_payment_at_the_page_or_of_an_invoice_that_is_closed_is_none(String status, String reason) {
        for (var type : new String[] {"invoice.payment_failed", "invoice.payment_action_required"}) {
            assertThat(fact(type, INVOICE.formatted(status, reason, 0))).isEmpty();
        }
    }

    @Test
    void a_link_that_is_not_https_is_left_out() {
        var invoice = INVOICE.formatted("paid", "subscription_cycle", 1900)
                .replace("https://invoice", "javascript://invoice");

        assertThat(fact("invoice.paid", invoice).orElseThrow().values()).doesNotContainKey("invoiceUrl");
    }

    private static final String ORDER = """
            {"id": "%s", "amount": 9800, "currency": "eur", "payment_intent": %s,
             "metadata": {"growalert_order": "ord_1", "growalert_quantity": "2"}}
            """;

    @Test
    void a_paid_order_has_one_receipt_and_the_charge_of_its_payment_none() {
        var ofPayment = fact("payment_intent.succeeded", ORDER.formatted("pi_1", "null"))
                .orElseThrow();

        assertThat(ofPayment.kind()).isEqualTo(MailKind.RECEIPT);
        assertThat(ofPayment.subject()).isEqualTo("ord_1");
        assertThat(ofPayment.values())
                .isEqualTo(Map.of("amount", "9800", "currency", "eur", "order", "ord_1", "quantity", "2"));
        assertThat(fact("charge.succeeded", ORDER.formatted("ch_1", "\"pi_1\"")))
                .isEmpty();
        assertThat(fact("charge.succeeded", ORDER.formatted("ch_1", "null"))).contains(ofPayment);
        assertThat(fact("payment_intent.succeeded", "{\"id\": \"pi_2\", \"amount\": 1, \"currency\": \"eur\"}"))
                .isEmpty();
    }

    private static String subscription(String status, String more) {
        return "{\"id\": \"sub_1\", \"status\": \"%s\", %s}".formatted(status, more);
    }

    @Test
    void the_end_of_a_trial_is_a_fact_unless_the_subscription_ends_with_it() {
        var trial = "\"trial_end\": 1796212800";
        var type = "customer.subscription.trial_will_end";

        assertThat(fact(type, subscription("trialing", trial)))
                .contains(new MailFact(
                        MailKind.TRIAL_ENDING,
                        "sub_1:1796212800",
                        "cus_1",
                        Map.of("subscription", "sub_1", "trialEnd", "2026-12-02T12:00:00Z")));
        assertThat(fact(type, subscription("trialing", trial + ", \"cancel_at\": 1796212800")))
                .isEmpty();
        assertThat(fact(type, subscription("active", trial))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"cancel, true", "pause, true", "create_invoice, false"})
    void the_end_of_a_trial_that_no_card_continues_is_named(String behavior, boolean isNamed) {
        var trial =
                "\"trial_end\": 1796212800, \"trial_settings\": {\"end_behavior\": {\"missing_payment_method\": \"%s\"}}"
                        .formatted(behavior);
        var type = "customer.subscription.trial_will_end";

        assertThat(fact(type, subscription("trialing", trial))
                        .orElseThrow()
                        .values()
                        .containsKey("noCard"))
                .isEqualTo(isNamed);
        assertThat(fact(type, subscription("trialing", trial + ", \"default_payment_method\": \"pm_1\""))
                        .orElseThrow()
                        .values())
                .doesNotContainKey("noCard");
    }

    @Test
    void a_scheduled_cancellation_is_one_fact_for_all_later_events() {
        var canceled =
                "\"cancel_at_period_end\": true, \"canceled_at\": %d, \"items\": {\"data\": [{\"current_period_end\": 1796212800}]}"
                        .formatted(SECOND);

        var found = fact("customer.subscription.updated", subscription("active", canceled))
                .orElseThrow();

        assertThat(found.kind()).isEqualTo(MailKind.CANCELED);
        assertThat(found.subject()).isEqualTo("sub_1:scheduled:" + SECOND);
        assertThat(found.values()).containsEntry("scheduled", "true").containsEntry("endsAt", "2026-12-02T12:00:00Z");
        var again = canceled.replace(Long.toString(SECOND), Long.toString(SECOND - 4 * 86_400));
        assertThat(fact("customer.subscription.updated", subscription("active", again)))
                .as("the cancellation is old, the event is not")
                .isEmpty();
        assertThat(fact("customer.subscription.updated", subscription("active", "\"cancel_at_period_end\": false")))
                .isEmpty();
    }

    @Test
    void an_ended_subscription_is_a_fact_with_the_reason() {
        var ended = "\"ended_at\": 1796212800, \"cancellation_details\": {\"reason\": \"payment_failed\"}";

        assertThat(fact("customer.subscription.deleted", subscription("canceled", ended)))
                .contains(new MailFact(
                        MailKind.CANCELED,
                        "sub_1",
                        "cus_1",
                        Map.of("subscription", "sub_1", "endsAt", "2026-12-02T12:00:00Z", "unpaid", "true")));
        assertThat(fact("customer.subscription.deleted", subscription("incomplete_expired", "\"ended_at\": 1")))
                .isEmpty();
    }

    private static final String REFUND =
            "{\"id\": \"re_1\", \"amount\": 500, \"currency\": \"eur\", \"status\": \"%s\", \"created\": %d}";

    @ParameterizedTest
    @CsvSource({
        "refund.created, succeeded, 1",
        "refund.updated, succeeded, 1",
        "charge.refund.updated, succeeded, 1",
        "refund.created, pending, 0",
        "refund.updated, failed, 0"
    })
    void a_refund_is_a_fact_when_it_succeeded(String type, String status, int facts) {
        var refund = REFUND.formatted(status, SECOND);

        assertThat(fact(type, refund).stream())
                .hasSize(facts)
                .allMatch(found ->
                        found.kind() == MailKind.REFUNDED && found.subject().equals("re_1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"refund.updated", "charge.refund.updated"})
    void an_update_of_an_old_refund_is_a_fact_only_when_the_refund_succeeded_by_it(String type) {
        var refund = REFUND.formatted("succeeded", SECOND - 4 * 86_400);

        assertThat(fact(type, refund)).isEmpty();
        assertThat(fact(type, refund, NOW, "destination_details")).isEmpty();
        assertThat(fact(type, refund, NOW, "status", "balance_transaction")).isPresent();
    }

    @Test
    void what_is_older_than_three_days_or_of_no_customer_notifies_no_customer() {
        var invoice = INVOICE.formatted("paid", "subscription_cycle", 1900);
        var limit = NOW.minus(Duration.ofDays(3));

        assertThat(fact("invoice.paid", invoice, limit)).isPresent();
        assertThat(fact("invoice.paid", invoice, limit.minusSeconds(1))).isEmpty();
        var fields = new StripeFields(StripeFields.parse(invoice), "object");
        assertThat(EventMails.of(new Applied("invoice.paid", NOW, fields, Set.of(), null), NOW))
                .isEmpty();
        assertThat(fact("customer.updated", "{\"id\": \"cus_1\"}")).isEmpty();
    }
}
