package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import com.stripe.model.Event;
import com.stripe.model.PaymentMethod;
import com.stripe.model.Price;
import com.stripe.model.Subscription;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.EventListParams;
import com.stripe.param.PaymentIntentConfirmParams;
import com.stripe.param.PaymentMethodCreateParams;
import com.stripe.param.PriceListParams;
import com.stripe.param.SubscriptionCreateParams;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A sandbox at a time that a test moves, and customers who subscribe to its prices. */
abstract class SubscriptionScenario {
    volatile Instant now = Instant.parse("2026-01-31T10:00:00Z");
    Peer peer;

    @BeforeEach
    void start() throws IOException {
        peer = Peer.start(Options.defaults().withClock(() -> now));
    }

    @AfterEach
    void stop() {
        peer.close();
    }

    Subscription active(String method) throws StripeException {
        var subscription = peer.v1()
                .subscriptions()
                .create(subscription(payer(method), "basic").build());
        assertThat(subscription.getStatus()).isEqualTo("active");
        return subscription;
    }

    /** A customer with a default payment method. */
    String payer(String method) throws StripeException {
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
        return customer.getId();
    }

    SubscriptionCreateParams.Builder incomplete(String customer, String plan) throws StripeException {
        return subscription(customer, plan)
                .setPaymentBehavior(SubscriptionCreateParams.PaymentBehavior.DEFAULT_INCOMPLETE)
                .setPaymentSettings(SubscriptionCreateParams.PaymentSettings.builder()
                        .setSaveDefaultPaymentMethod(
                                SubscriptionCreateParams.PaymentSettings.SaveDefaultPaymentMethod.ON_SUBSCRIPTION)
                        .build())
                .addExpand("latest_invoice.confirmation_secret")
                .addExpand("pending_setup_intent");
    }

    SubscriptionCreateParams.Builder subscription(String customer, String plan) throws StripeException {
        return SubscriptionCreateParams.builder()
                .setCustomer(customer)
                .addItem(SubscriptionCreateParams.Item.builder()
                        .setPrice(price(plan))
                        .setQuantity(1L)
                        .build());
    }

    String price(String plan) throws StripeException {
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

    String confirm(String secret, String method) throws StripeException {
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

    void pass(Duration duration) {
        now = now.plus(duration);
    }

    Subscription retrieved(Subscription subscription) throws StripeException {
        return peer.v1().subscriptions().retrieve(subscription.getId());
    }

    Event latest(String type) throws StripeException {
        return peer.v1()
                .events()
                .list(EventListParams.builder().setType(type).build())
                .getData()
                .getFirst();
    }

    PaymentMethod slowCard() throws StripeException {
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
}
