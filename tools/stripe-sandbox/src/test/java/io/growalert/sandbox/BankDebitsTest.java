package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.PaymentIntent;
import com.stripe.model.Subscription;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentMethodCreateParams;
import com.stripe.param.PriceCreateParams;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.param.SubscriptionUpdateParams;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Payments by SEPA debit, whose outcome is known days later. */
class BankDebitsTest extends SubscriptionScenario {

    @Test
    void a_debit_is_processing_before_it_succeeds() throws StripeException {
        var intent = debit("DE89 3704 0044 0532 0130 00");
        assertThat(intent.getStatus()).isEqualTo("processing");
        var charge = intent.getLatestChargeObject();
        assertThat(charge.getStatus()).isEqualTo("pending");
        assertThat(charge.getPaid()).isFalse();
        var details = charge.getPaymentMethodDetails();
        assertThat(details.getType()).isEqualTo("sepa_debit");
        assertThat(details.getSepaDebit().getLast4()).isEqualTo("3000");
        assertThat(peer.v1()
                        .mandates()
                        .retrieve(details.getSepaDebit().getMandate())
                        .getStatus())
                .isEqualTo("active");

        pass(Duration.ofSeconds(2));

        assertThat(retrieve(intent).getStatus()).isEqualTo("succeeded");
        assertThat(peer.v1().charges().retrieve(charge.getId()).getPaid()).isTrue();
        assertThat(peer.events())
                .containsSubsequence(
                        "charge.pending",
                        "payment_intent.processing",
                        "charge.succeeded",
                        "payment_intent.succeeded",
                        "charge.updated");
        assertThat(peer.v1().charges().list().getData()).hasSize(1);
    }

    @Test
    void a_debit_can_fail_after_minutes() throws StripeException {
        var intent = debit("DE78370400440532013004");
        pass(Duration.ofMinutes(2));
        assertThat(retrieve(intent).getStatus()).isEqualTo("processing");

        pass(Duration.ofMinutes(1));

        var failed = retrieve(intent);
        assertThat(failed.getStatus()).isEqualTo("requires_payment_method");
        assertThat(failed.getLastPaymentError().getCode()).isEqualTo("payment_intent_payment_attempt_failed");
        assertThat(peer.v1().charges().retrieve(intent.getLatestCharge()).getStatus())
                .isEqualTo("failed");
    }

    @Test
    void a_subscription_is_active_while_its_debit_is_processing_and_past_due_when_it_fails() throws StripeException {
        var paid = subscribed("pm_success_de");
        var unpaid = subscribed("pm_failed_de");
        assertThat(paid.getStatus()).isEqualTo("active");
        assertThat(unpaid.getStatus()).isEqualTo("active");
        assertThat(peer.v1().invoices().retrieve(paid.getLatestInvoice()).getStatus())
                .isEqualTo("open");

        pass(Duration.ofSeconds(2));

        assertThat(peer.v1().invoices().retrieve(paid.getLatestInvoice()).getStatus())
                .isEqualTo("paid");
        assertThat(retrieved(paid).getStatus()).isEqualTo("active");
        assertThat(retrieved(unpaid).getStatus()).isEqualTo("past_due");
    }

    @Test
    void a_debit_needs_euros_a_valid_iban_and_its_holder() {
        assertThatThrownBy(() -> debit("DE88370400440532013000"))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> assertThat(e.getCode())
                        .isEqualTo("invalid_bank_account_iban"));
        assertThatThrownBy(() -> peer.v1()
                        .paymentMethods()
                        .create(PaymentMethodCreateParams.builder()
                                .setType(PaymentMethodCreateParams.Type.SEPA_DEBIT)
                                .setSepaDebit(PaymentMethodCreateParams.SepaDebit.builder()
                                        .setIban("DE89370400440532013000")
                                        .build())
                                .build()))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> assertThat(e.getParam())
                        .isEqualTo("billing_details[name]"));
        assertThatThrownBy(() -> peer.v1()
                        .paymentIntents()
                        .create(PaymentIntentCreateParams.builder()
                                .setAmount(500L)
                                .setCurrency("usd")
                                .addPaymentMethodType("sepa_debit")
                                .setPaymentMethod("pm_success_de")
                                .setConfirm(true)
                                .build()))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> assertThat(e.getParam())
                        .isEqualTo("payment_method"));
    }

    @Test
    void pending_updates_are_refused_for_debits() throws StripeException {
        var subscription = subscribed("pm_success_de");
        var update = SubscriptionUpdateParams.builder()
                .addItem(SubscriptionUpdateParams.Item.builder()
                        .setId(subscription.getItems().getData().getFirst().getId())
                        .setQuantity(3L)
                        .build())
                .setProrationBehavior(SubscriptionUpdateParams.ProrationBehavior.ALWAYS_INVOICE)
                .setPaymentBehavior(SubscriptionUpdateParams.PaymentBehavior.PENDING_IF_INCOMPLETE)
                .build();

        assertThatThrownBy(() -> peer.v1().subscriptions().update(subscription.getId(), update))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> assertThat(e.getParam())
                        .isEqualTo("payment_behavior"));
    }

    private Subscription subscribed(String method) throws StripeException {
        var price = peer.v1()
                .prices()
                .create(PriceCreateParams.builder()
                        .setCurrency("eur")
                        .setUnitAmount(1900L)
                        .setProductData(PriceCreateParams.ProductData.builder()
                                .setName("By debit")
                                .build())
                        .setRecurring(PriceCreateParams.Recurring.builder()
                                .setInterval(PriceCreateParams.Recurring.Interval.MONTH)
                                .build())
                        .build());
        return peer.v1()
                .subscriptions()
                .create(SubscriptionCreateParams.builder()
                        .setCustomer(payer(method))
                        .addItem(SubscriptionCreateParams.Item.builder()
                                .setPrice(price.getId())
                                .build())
                        .build());
    }

    private PaymentIntent retrieve(PaymentIntent intent) throws StripeException {
        return peer.v1().paymentIntents().retrieve(intent.getId());
    }

    private PaymentIntent debit(String iban) throws StripeException {
        return peer.v1()
                .paymentIntents()
                .create(PaymentIntentCreateParams.builder()
                        .setAmount(2500L)
                        .setCurrency("eur")
                        .addPaymentMethodType("sepa_debit")
                        .setPaymentMethodData(PaymentIntentCreateParams.PaymentMethodData.builder()
                                .setType(PaymentIntentCreateParams.PaymentMethodData.Type.SEPA_DEBIT)
                                .setSepaDebit(PaymentIntentCreateParams.PaymentMethodData.SepaDebit.builder()
                                        .setIban(iban)
                                        .build())
                                .setBillingDetails(PaymentIntentCreateParams.PaymentMethodData.BillingDetails.builder()
                                        .setName("A Grower")
                                        .setEmail("grower@example.com")
                                        .build())
                                .build())
                        .setConfirm(true)
                        .addExpand("latest_charge")
                        .build());
    }
}
