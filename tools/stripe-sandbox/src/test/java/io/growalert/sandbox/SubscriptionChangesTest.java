package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.InvoicePayParams;
import com.stripe.param.PaymentIntentConfirmParams;
import com.stripe.param.PaymentMethodAttachParams;
import com.stripe.param.SubscriptionCancelParams;
import com.stripe.param.SubscriptionListParams;
import com.stripe.param.SubscriptionUpdateParams;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How subscriptions change and end: plans, renewals, cancellations. */
class SubscriptionChangesTest extends SubscriptionScenario {
    @Test
    void a_plan_change_emits_the_previous_values_and_is_settled_on_the_next_invoice() throws StripeException {
        var subscription = active("pm_card_visa");
        var item = subscription.getItems().getData().getFirst();

        peer.v1()
                .subscriptions()
                .update(
                        subscription.getId(),
                        SubscriptionUpdateParams.builder()
                                .addItem(SubscriptionUpdateParams.Item.builder()
                                        .setId(item.getId())
                                        .setPrice(price("premium"))
                                        .setQuantity(2L)
                                        .build())
                                .putMetadata("reason", "more rooms")
                                .build());

        var changed = retrieved(subscription);
        assertThat(changed.getItems().getData()).singleElement().satisfies(renewed -> {
            assertThat(renewed.getId()).isEqualTo(item.getId());
            assertThat(renewed.getPrice().getId()).isEqualTo(price("premium"));
            assertThat(renewed.getQuantity()).isEqualTo(2);
        });
        assertThat(latest("customer.subscription.updated").getData().getPreviousAttributes())
                .containsKeys("items", "metadata");
        pass(Duration.ofDays(28));
        var invoice = peer.v1().invoices().retrieve(retrieved(subscription).getLatestInvoice());
        assertThat(invoice.getBillingReason()).isEqualTo("subscription_cycle");
        assertThat(invoice.getLines().getData()).extracting("amount").containsExactly(-500L, 3000L, 3000L);
        assertThat(invoice.getStatus()).isEqualTo("paid");
    }

    @Test
    void the_two_ways_to_schedule_a_cancellation_exclude_each_other() throws StripeException {
        var subscription = active("pm_card_visa");
        var both = SubscriptionUpdateParams.builder()
                .setCancelAtPeriodEnd(false)
                .setCancelAt(now.plusSeconds(3_600).getEpochSecond())
                .build();

        assertThatThrownBy(() -> peer.v1().subscriptions().update(subscription.getId(), both))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("only specify one");
    }

    @Test
    void an_invoice_whose_payment_is_processing_cannot_be_voided() throws StripeException {
        var subscription = peer.v1()
                .subscriptions()
                .create(incomplete(peer.customer().getId(), "basic").build());
        var invoice = subscription.getLatestInvoiceObject();
        var secret = invoice.getConfirmationSecret().getClientSecret();
        var intent = secret.substring(0, secret.indexOf("_secret_"));
        peer.v1()
                .paymentIntents()
                .confirm(
                        intent,
                        PaymentIntentConfirmParams.builder()
                                .setPaymentMethod(slowCard().getId())
                                .build());

        assertThatThrownBy(() -> peer.v1().invoices().voidInvoice(invoice.getId()))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("processing");
    }

    @Test
    void a_subscription_is_canceled_at_the_end_of_its_period_or_now() throws StripeException {
        var subscription = active("pm_card_visa");
        var atEnd = peer.v1()
                .subscriptions()
                .update(
                        subscription.getId(),
                        SubscriptionUpdateParams.builder()
                                .setCancelAtPeriodEnd(true)
                                .build());
        assertThat(atEnd.getCancelAt())
                .isEqualTo(atEnd.getItems().getData().getFirst().getCurrentPeriodEnd());
        assertThat(atEnd.getStatus()).isEqualTo("active");
        var again = peer.v1()
                .subscriptions()
                .update(
                        subscription.getId(),
                        SubscriptionUpdateParams.builder()
                                .setCancelAtPeriodEnd(false)
                                .build());
        assertThat(again.getCancelAt()).isNull();

        var canceled = peer.v1()
                .subscriptions()
                .cancel(subscription.getId(), SubscriptionCancelParams.builder().build());

        assertThat(canceled.getStatus()).isEqualTo("canceled");
        assertThat(latest("customer.subscription.deleted")
                        .getDataObjectDeserializer()
                        .getObject()
                        .orElse(null))
                .isNotNull();
        assertThatThrownBy(() -> peer.v1().subscriptions().cancel(subscription.getId()))
                .isInstanceOf(InvalidRequestException.class);
        var ofCustomer = SubscriptionListParams.builder().setCustomer(subscription.getCustomer());
        assertThat(peer.v1().subscriptions().list(ofCustomer.build()).getData()).isEmpty();
        assertThat(peer.v1()
                        .subscriptions()
                        .list(ofCustomer
                                .setStatus(SubscriptionListParams.Status.ALL)
                                .build())
                        .getData())
                .hasSize(1);
    }

    @Test
    void what_was_to_end_with_its_period_ends_then() throws StripeException {
        var subscription = active("pm_card_visa");
        peer.v1()
                .subscriptions()
                .update(
                        subscription.getId(),
                        SubscriptionUpdateParams.builder()
                                .setCancelAtPeriodEnd(true)
                                .build());

        pass(Duration.ofDays(28));

        assertThat(retrieved(subscription).getStatus()).isEqualTo("canceled");
        assertThat(peer.v1().charges().list().getData()).hasSize(1);
    }

    @Test
    void a_renewal_that_is_not_paid_is_past_due_until_another_card_pays() throws StripeException {
        var subscription = active("pm_card_visa");
        var customer = subscription.getCustomer();
        var bad = peer.v1()
                .paymentMethods()
                .attach(
                        "pm_card_chargeCustomerFail",
                        PaymentMethodAttachParams.builder()
                                .setCustomer(customer)
                                .build());
        peer.v1()
                .subscriptions()
                .update(
                        subscription.getId(),
                        SubscriptionUpdateParams.builder()
                                .setDefaultPaymentMethod(bad.getId())
                                .build());

        pass(Duration.ofDays(28));

        var behind = retrieved(subscription);
        assertThat(behind.getStatus()).isEqualTo("past_due");
        assertThat(peer.v1().customers().retrieve(customer).getDelinquent()).isTrue();
        var invoice = peer.v1().invoices().retrieve(behind.getLatestInvoice());
        assertThat(invoice.getStatus()).isEqualTo("open");
        assertThat(invoice.getAttemptCount()).isEqualTo(1);
        assertThat(invoice.getNextPaymentAttempt())
                .isEqualTo(now.plus(Duration.ofDays(3)).getEpochSecond());
        peer.v1()
                .invoices()
                .pay(
                        invoice.getId(),
                        InvoicePayParams.builder()
                                .setPaymentMethod("pm_card_visa")
                                .build());
        assertThat(retrieved(subscription).getStatus()).isEqualTo("active");
        assertThat(peer.v1()
                        .invoices()
                        .list(InvoiceListParams.builder()
                                .setSubscription(subscription.getId())
                                .setStatus(InvoiceListParams.Status.PAID)
                                .build())
                        .getData())
                .hasSize(2);
    }

    @Test
    void a_subscription_that_is_never_paid_is_canceled_after_the_last_try() throws StripeException {
        var subscription = active("pm_card_visa");
        var bad = peer.v1()
                .paymentMethods()
                .attach(
                        "pm_card_chargeCustomerFail",
                        PaymentMethodAttachParams.builder()
                                .setCustomer(subscription.getCustomer())
                                .build());
        peer.v1()
                .subscriptions()
                .update(
                        subscription.getId(),
                        SubscriptionUpdateParams.builder()
                                .setDefaultPaymentMethod(bad.getId())
                                .build());
        for (var days : new int[] {28, 3, 5, 7}) {
            pass(Duration.ofDays(days));
            peer.v1().customers().list();
        }

        var ended = retrieved(subscription);

        assertThat(ended.getStatus()).isEqualTo("canceled");
        assertThat(ended.getCancellationDetails().getReason()).isEqualTo("payment_failed");
    }

    @Test
    void deleting_a_customer_ends_what_it_has_subscribed() throws StripeException {
        var subscription = active("pm_card_visa");

        peer.v1().customers().delete(subscription.getCustomer());

        assertThat(retrieved(subscription).getStatus()).isEqualTo("canceled");
        assertThat(peer.events()).endsWith("customer.subscription.deleted", "customer.deleted");
    }

    @Test
    void without_a_card_only_an_incomplete_or_free_subscription_begins() throws StripeException {
        var customer = peer.customer().getId();
        assertThatThrownBy(() -> peer.v1()
                        .subscriptions()
                        .create(subscription(customer, "basic").build()))
                .isInstanceOf(InvalidRequestException.class);
        assertThat(peer.v1()
                        .subscriptions()
                        .create(subscription(customer, "free").build())
                        .getStatus())
                .isEqualTo("active");
    }
}
