package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.CardException;
import com.stripe.exception.StripeException;
import com.stripe.param.InvoicePaymentListParams;
import com.stripe.param.SetupIntentConfirmParams;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How subscriptions begin: first payments, trials, and what expires. */
class SubscriptionsTest extends SubscriptionScenario {
    @Test
    void a_subscription_becomes_active_when_the_browser_has_confirmed_its_first_payment() throws StripeException {
        var customer = peer.customer();
        var before = peer.events().size();
        var subscription = peer.v1()
                .subscriptions()
                .create(incomplete(customer.getId(), "basic").build());
        assertThat(subscription.getStatus()).isEqualTo("incomplete");
        var invoice = subscription.getLatestInvoiceObject();
        assertThat(invoice.getStatus()).isEqualTo("open");
        assertThat(invoice.getParent().getSubscriptionDetails().getSubscription())
                .isEqualTo(subscription.getId());
        var secret = invoice.getConfirmationSecret().getClientSecret();

        var intent = confirm(secret, "pm_card_visa");

        assertThat(intent).isEqualTo("succeeded");
        var active = retrieved(subscription);
        assertThat(active.getStatus()).isEqualTo("active");
        assertThat(active.getDefaultPaymentMethod()).startsWith("pm_");
        assertThat(active.getItems().getData()).singleElement().satisfies(item -> {
            assertThat(item.getCurrentPeriodStart()).isEqualTo(now.getEpochSecond());
            assertThat(Instant.ofEpochSecond(item.getCurrentPeriodEnd())).isEqualTo("2026-02-28T10:00:00Z");
        });
        var paid = peer.v1().invoices().retrieve(active.getLatestInvoice());
        assertThat(paid.getStatus()).isEqualTo("paid");
        assertThat(paid.getNumber()).endsWith("-0001");
        assertThat(paid.getConfirmationSecret()).isNull();
        assertThat(paid.getStatusTransitions().getPaidAt()).isEqualTo(now.getEpochSecond());
        assertThat(paid.getLines().getData()).singleElement().satisfies(line -> {
            assertThat(line.getAmount()).isEqualTo(500);
            assertThat(line.getPricing().getPriceDetails().getPrice()).isEqualTo(price("basic"));
        });
        assertThat(peer.events().subList(before, peer.events().size()))
                .containsExactly(
                        "customer.subscription.created",
                        "invoice.created",
                        "customer.updated",
                        "invoice.finalized",
                        "payment_intent.created",
                        "payment_method.attached",
                        "charge.succeeded",
                        "payment_intent.succeeded",
                        "charge.updated",
                        "invoice.updated",
                        "invoice.paid",
                        "invoice.payment_succeeded",
                        "invoice_payment.paid",
                        "customer.subscription.updated");
    }

    @Test
    void the_payment_of_an_invoice_links_it_with_its_intent() throws StripeException {
        var subscription = peer.v1()
                .subscriptions()
                .create(incomplete(peer.customer().getId(), "basic").build());
        var invoice = subscription.getLatestInvoiceObject();
        confirm(invoice.getConfirmationSecret().getClientSecret(), "pm_card_visa");

        var payments = peer.v1()
                .invoicePayments()
                .list(InvoicePaymentListParams.builder()
                        .setInvoice(invoice.getId())
                        .build());

        assertThat(payments.getData()).singleElement().satisfies(payment -> {
            assertThat(payment.getStatus()).isEqualTo("paid");
            assertThat(payment.getAmountPaid()).isEqualTo(500);
            assertThat(invoice.getConfirmationSecret().getClientSecret())
                    .startsWith(payment.getPayment().getPaymentIntent());
            assertThat(peer.v1().invoicePayments().retrieve(payment.getId()).getInvoice())
                    .isEqualTo(invoice.getId());
        });
    }

    @Test
    void a_declined_first_payment_leaves_the_subscription_incomplete_and_another_card_pays() throws StripeException {
        var subscription = peer.v1()
                .subscriptions()
                .create(incomplete(peer.customer().getId(), "basic").build());
        var secret =
                subscription.getLatestInvoiceObject().getConfirmationSecret().getClientSecret();

        assertThatThrownBy(() -> confirm(secret, "pm_card_chargeDeclined")).isInstanceOf(CardException.class);

        assertThat(retrieved(subscription).getStatus()).isEqualTo("incomplete");
        assertThat(peer.events()).contains("invoice.payment_failed").doesNotContain("invoice.paid");
        assertThat(confirm(secret, "pm_card_visa")).isEqualTo("succeeded");
        assertThat(retrieved(subscription).getStatus()).isEqualTo("active");
    }

    @Test
    void a_trial_costs_nothing_and_requests_a_card_by_its_setup_intent() throws StripeException {
        var subscription = peer.v1()
                .subscriptions()
                .create(incomplete(peer.customer().getId(), "basic")
                        .setTrialPeriodDays(14L)
                        .build());
        assertThat(subscription.getStatus()).isEqualTo("trialing");
        assertThat(subscription.getLatestInvoiceObject().getAmountDue()).isZero();
        assertThat(subscription.getLatestInvoiceObject().getStatus()).isEqualTo("paid");
        assertThat(subscription.getLatestInvoiceObject().getConfirmationSecret())
                .isNull();
        var setup = subscription.getPendingSetupIntentObject();
        assertThat(setup.getClientSecret()).startsWith("seti_");

        peer.v1()
                .setupIntents()
                .confirm(
                        setup.getId(),
                        SetupIntentConfirmParams.builder()
                                .setPaymentMethod("pm_card_visa")
                                .build());

        var ready = retrieved(subscription);
        assertThat(ready.getPendingSetupIntent()).isNull();
        assertThat(ready.getDefaultPaymentMethod()).startsWith("pm_");
        pass(Duration.ofDays(14));
        assertThat(retrieved(subscription).getStatus()).isEqualTo("active");
        assertThat(peer.events()).contains("customer.subscription.trial_will_end");
        assertThat(peer.v1().charges().list().getData()).hasSize(1);
    }

    @Test
    void a_first_payment_that_does_not_come_within_23_hours_expires_the_subscription() throws StripeException {
        var subscription = peer.v1()
                .subscriptions()
                .create(incomplete(peer.customer().getId(), "basic").build());

        pass(Duration.ofHours(23));

        assertThat(retrieved(subscription).getStatus()).isEqualTo("incomplete_expired");
        assertThat(peer.v1()
                        .invoices()
                        .retrieve(subscription.getLatestInvoiceObject().getId())
                        .getStatus())
                .isEqualTo("void");
        assertThat(peer.events()).endsWith("payment_intent.canceled", "invoice.voided");
    }

    @Test
    void a_trial_warns_three_days_before_its_end_or_at_once() throws StripeException {
        var customer = payer("pm_card_visa");
        peer.v1()
                .subscriptions()
                .create(subscription(customer, "basic").setTrialPeriodDays(7L).build());
        assertThat(peer.events()).doesNotContain("customer.subscription.trial_will_end");
        pass(Duration.ofDays(4));
        assertThat(peer.events()).containsOnlyOnce("customer.subscription.trial_will_end");

        peer.v1()
                .subscriptions()
                .create(subscription(customer, "basic").setTrialPeriodDays(2L).build());

        assertThat(peer.events())
                .filteredOn("customer.subscription.trial_will_end"::equals)
                .hasSize(2);
    }

    @Test
    void a_renewal_is_announced_once_a_week_before_by_an_invoice_without_an_id() throws StripeException {
        active("pm_card_visa");
        pass(Duration.ofDays(21).minusSeconds(1));
        assertThat(peer.events()).doesNotContain("invoice.upcoming");

        pass(Duration.ofSeconds(1));

        var announced = latest("invoice.upcoming").getData().toJson();
        assertThat(announced).contains("\"amount_due\": 500", "\"billing_reason\": \"upcoming\"");
        pass(Duration.ofDays(6));
        assertThat(peer.events()).containsOnlyOnce("invoice.upcoming");
    }
}
