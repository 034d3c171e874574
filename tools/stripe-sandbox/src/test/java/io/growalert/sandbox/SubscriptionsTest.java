package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.CardException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Event;
import com.stripe.model.PaymentMethod;
import com.stripe.model.Price;
import com.stripe.model.Subscription;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.EventListParams;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.InvoicePayParams;
import com.stripe.param.InvoicePaymentListParams;
import com.stripe.param.PaymentIntentConfirmParams;
import com.stripe.param.PaymentMethodAttachParams;
import com.stripe.param.PaymentMethodCreateParams;
import com.stripe.param.PriceListParams;
import com.stripe.param.SetupIntentConfirmParams;
import com.stripe.param.SubscriptionCancelParams;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.param.SubscriptionListParams;
import com.stripe.param.SubscriptionUpdateParams;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SubscriptionsTest {
    private volatile Instant now = Instant.parse("2026-01-31T10:00:00Z");
    private Peer peer;

    @BeforeEach
    void start() throws IOException {
        peer = Peer.start(Options.defaults().withClock(() -> now));
    }

    @AfterEach
    void stop() {
        peer.close();
    }

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
    void a_trial_costs_nothing_and_asks_for_a_card_by_its_setup_intent() throws StripeException {
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

    private PaymentMethod slowCard() throws StripeException {
        return peer.v1()
                .paymentMethods()
                .create(PaymentMethodCreateParams.builder()
                        .setType(PaymentMethodCreateParams.Type.CARD)
                        .setCard(PaymentMethodCreateParams.CardDetails.builder()
                                .setNumber("4000000000057770")
                                .setExpMonth(12L)
                                .setExpYear(2034L)
                                .setCvc("123")
                                .build())
                        .build());
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

    private Subscription active(String method) throws StripeException {
        var customer = peer.customer(method);
        var attached = peer.v1()
                .customers()
                .paymentMethods()
                .list(customer.getId())
                .getData()
                .getFirst();
        peer.v1()
                .customers()
                .update(
                        customer.getId(),
                        CustomerUpdateParams.builder()
                                .setInvoiceSettings(CustomerUpdateParams.InvoiceSettings.builder()
                                        .setDefaultPaymentMethod(attached.getId())
                                        .build())
                                .build());
        var subscription = peer.v1()
                .subscriptions()
                .create(subscription(customer.getId(), "basic").build());
        assertThat(subscription.getStatus()).isEqualTo("active");
        return subscription;
    }

    private SubscriptionCreateParams.Builder incomplete(String customer, String plan) throws StripeException {
        return subscription(customer, plan)
                .setPaymentBehavior(SubscriptionCreateParams.PaymentBehavior.DEFAULT_INCOMPLETE)
                .setPaymentSettings(SubscriptionCreateParams.PaymentSettings.builder()
                        .setSaveDefaultPaymentMethod(
                                SubscriptionCreateParams.PaymentSettings.SaveDefaultPaymentMethod.ON_SUBSCRIPTION)
                        .build())
                .addExpand("latest_invoice.confirmation_secret")
                .addExpand("pending_setup_intent");
    }

    private SubscriptionCreateParams.Builder subscription(String customer, String plan) throws StripeException {
        return SubscriptionCreateParams.builder()
                .setCustomer(customer)
                .addItem(SubscriptionCreateParams.Item.builder()
                        .setPrice(price(plan))
                        .setQuantity(1L)
                        .build());
    }

    private String price(String plan) throws StripeException {
        return peer
                .v1()
                .prices()
                .list(PriceListParams.builder().addLookupKey(plan).build())
                .getData()
                .stream()
                .map(Price::getId)
                .findFirst()
                .orElseThrow();
    }

    private String confirm(String secret, String method) throws StripeException {
        var intent = secret.substring(0, secret.indexOf("_secret_"));
        return peer.client(StripeSandbox.PUBLISHABLE_KEY)
                .v1()
                .paymentIntents()
                .confirm(
                        intent,
                        PaymentIntentConfirmParams.builder()
                                .setPaymentMethod(method)
                                .putAllExtraParam(Map.of("client_secret", secret))
                                .build())
                .getStatus();
    }

    private void pass(Duration duration) {
        now = now.plus(duration);
    }

    private Subscription retrieved(Subscription subscription) throws StripeException {
        return peer.v1().subscriptions().retrieve(subscription.getId());
    }

    private Event latest(String type) throws StripeException {
        return peer.v1()
                .events()
                .list(EventListParams.builder().setType(type).build())
                .getData()
                .getFirst();
    }
}
