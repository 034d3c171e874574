package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.CardException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.PaymentIntent;
import com.stripe.param.PaymentIntentConfirmParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentIntentRetrieveParams;
import com.stripe.param.PaymentMethodAttachParams;
import com.stripe.param.PaymentMethodCreateParams;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaymentsTest {
    private Peer peer;

    @BeforeEach
    void start() throws IOException {
        peer = Peer.start();
    }

    @AfterEach
    void stop() {
        peer.close();
    }

    @Test
    void a_payment_intent_is_confirmed_by_the_browser_with_its_secret() throws StripeException {
        var intent = peer.v1()
                .paymentIntents()
                .create(order().putMetadata("order", "o1").build());
        assertThat(intent.getStatus()).isEqualTo("requires_payment_method");
        assertThat(intent.getClientSecret()).startsWith(intent.getId() + "_secret_");

        var browser = peer.client(StripeSandbox.PUBLISHABLE_KEY).v1().paymentIntents();
        assertThatThrownBy(() -> browser.retrieve(intent.getId())).isInstanceOf(InvalidRequestException.class);
        var seen = browser.confirm(
                intent.getId(),
                PaymentIntentConfirmParams.builder()
                        .setPaymentMethod("pm_card_visa")
                        .putExtraParam("client_secret", intent.getClientSecret())
                        .build());

        assertThat(seen.getStatus()).isEqualTo("succeeded");
        assertThat(seen.getMetadata()).isNull();
        var paid = peer.v1()
                .paymentIntents()
                .retrieve(
                        intent.getId(),
                        PaymentIntentRetrieveParams.builder()
                                .addExpand("latest_charge")
                                .build());
        assertThat(paid.getAmountReceived()).isEqualTo(1099);
        assertThat(paid.getLatestChargeObject().getStatus()).isEqualTo("succeeded");
        assertThat(paid.getLatestChargeObject().getMetadata()).containsEntry("order", "o1");
        assertThat(peer.events())
                .containsExactly(
                        "payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "charge.updated");
    }

    @ParameterizedTest
    @CsvSource({
        "4000000000000002, card_declined, generic_decline",
        "4000000000009995, card_declined, insufficient_funds",
        "4000000000000069, expired_card,",
        "4000000000000127, incorrect_cvc,",
        "4111111111111111, card_declined, test_mode_live_card"
    })
    void a_card_that_does_not_pay_is_a_card_error_that_names_intent_and_charge(
            String number, String code, String declineCode) throws StripeException {
        var method = peer.v1()
                .paymentMethods()
                .create(PaymentMethodCreateParams.builder()
                        .setType(PaymentMethodCreateParams.Type.CARD)
                        .setCard(PaymentMethodCreateParams.CardDetails.builder()
                                .setNumber(number)
                                .setExpMonth(12L)
                                .setExpYear(2034L)
                                .setCvc("123")
                                .build())
                        .build());

        assertThatThrownBy(() -> peer.v1()
                        .paymentIntents()
                        .create(order().setPaymentMethod(method.getId())
                                .setConfirm(true)
                                .setReturnUrl("https://example.com")
                                .build()))
                .isInstanceOfSatisfying(CardException.class, e -> {
                    assertThat(e.getStatusCode()).isEqualTo(402);
                    assertThat(e.getCode()).isEqualTo(code);
                    assertThat(e.getDeclineCode()).isEqualTo(declineCode);
                    assertThat(e.getCharge()).startsWith("ch_");
                    assertThat(e.getStripeError().getPaymentIntent().getStatus())
                            .isEqualTo("requires_payment_method");
                });
        assertThat(peer.events())
                .containsExactly("payment_intent.created", "charge.failed", "payment_intent.payment_failed");
    }

    @Test
    void a_card_that_needs_its_holder_pays_after_authentication() throws Exception {
        var intent = peer.v1()
                .paymentIntents()
                .create(order().setPaymentMethod("pm_card_threeDSecure2Required")
                        .setConfirm(true)
                        .setUseStripeSdk(true)
                        .setReturnUrl("https://example.com/back")
                        .build());
        assertThat(intent.getStatus()).isEqualTo("requires_action");
        assertThat(intent.getNextAction().getType()).isEqualTo("use_stripe_sdk");

        assertThat(peer.control("payment_intents/%s/authenticate?success=true".formatted(intent.getId())))
                .isEqualTo(200);

        assertThat(retrieved(intent).getStatus()).isEqualTo("succeeded");
        assertThat(peer.control("payment_intents/%s/authenticate?success=true".formatted(intent.getId())))
                .isEqualTo(400);
        assertThat(peer.events())
                .containsExactly(
                        "payment_intent.created",
                        "payment_intent.requires_action",
                        "charge.succeeded",
                        "payment_intent.succeeded",
                        "charge.updated");
    }

    @Test
    void failed_authentication_requires_another_payment_method() throws Exception {
        var intent = peer.v1()
                .paymentIntents()
                .create(order().setPaymentMethod("pm_card_authenticationRequiredOnSetup")
                        .setConfirm(true)
                        .setReturnUrl("https://example.com/back")
                        .build());
        assertThat(intent.getNextAction().getRedirectToUrl().getReturnUrl()).isEqualTo("https://example.com/back");

        peer.control("payment_intents/%s/authenticate?success=false".formatted(intent.getId()));

        var failed = retrieved(intent);
        assertThat(failed.getStatus()).isEqualTo("requires_payment_method");
        assertThat(failed.getPaymentMethod()).isNull();
        assertThat(failed.getLastPaymentError().getCode()).isEqualTo("payment_intent_authentication_failure");
    }

    @Test
    void a_payment_without_its_holder_that_needs_the_bank_is_declined() throws StripeException {
        assertThatThrownBy(() -> peer.v1()
                        .paymentIntents()
                        .create(order().setPaymentMethod("pm_card_authenticationRequired")
                                .setConfirm(true)
                                .setOffSession(true)
                                .setReturnUrl("http://127.0.0.1/")
                                .build()))
                .isInstanceOfSatisfying(CardException.class, e -> {
                    assertThat(e.getStatusCode()).isEqualTo(402);
                    assertThat(e.getCode()).isEqualTo("authentication_required");
                    assertThat(e.getDeclineCode()).isEqualTo("authentication_required");
                    assertThat(e.getStripeError().getPaymentIntent().getStatus())
                            .isEqualTo("requires_payment_method");
                });
        assertThat(peer.events()).contains("payment_intent.payment_failed").doesNotContain("charge.succeeded");
    }

    @Test
    void money_moves_once_however_often_an_intent_is_confirmed() throws StripeException {
        var intent = peer.v1()
                .paymentIntents()
                .create(order().setPaymentMethod("pm_card_visa")
                        .setConfirm(true)
                        .setReturnUrl("https://example.com")
                        .build());

        assertThatThrownBy(() -> peer.v1().paymentIntents().confirm(intent.getId()))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> assertThat(e.getCode())
                        .isEqualTo("payment_intent_unexpected_state"));
        assertThatThrownBy(() -> peer.v1().paymentIntents().cancel(intent.getId()))
                .isInstanceOf(InvalidRequestException.class);
        assertThat(peer.v1().charges().list().getData()).hasSize(1);
    }

    @Test
    void a_canceled_intent_is_never_paid() throws StripeException {
        var intent = peer.v1().paymentIntents().create(order().build());
        assertThat(peer.v1().paymentIntents().cancel(intent.getId()).getStatus())
                .isEqualTo("canceled");
        assertThatThrownBy(() -> peer.v1()
                        .paymentIntents()
                        .confirm(
                                intent.getId(),
                                PaymentIntentConfirmParams.builder()
                                        .setPaymentMethod("pm_card_visa")
                                        .setReturnUrl("https://example.com")
                                        .build()))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void a_payment_method_of_another_customer_does_not_pay() throws StripeException {
        var owner = peer.customer();
        var other = peer.customer();
        var method = peer.v1()
                .paymentMethods()
                .attach(
                        "pm_card_visa",
                        PaymentMethodAttachParams.builder()
                                .setCustomer(owner.getId())
                                .build());
        assertThat(method.getCustomer()).isEqualTo(owner.getId());
        assertThatThrownBy(() -> peer.v1()
                        .paymentIntents()
                        .create(order().setCustomer(other.getId())
                                .setPaymentMethod(method.getId())
                                .build()))
                .isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> peer.v1()
                        .paymentIntents()
                        .create(order().setPaymentMethod(method.getId()).build()))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void a_payment_that_may_redirect_needs_a_return_url() {
        assertThatThrownBy(() -> peer.v1()
                        .paymentIntents()
                        .create(order().setPaymentMethod("pm_card_visa")
                                .setConfirm(true)
                                .build()))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("return_url");
    }

    private PaymentIntent retrieved(PaymentIntent intent) throws StripeException {
        return peer.v1().paymentIntents().retrieve(intent.getId());
    }

    private static PaymentIntentCreateParams.Builder order() {
        return PaymentIntentCreateParams.builder().setAmount(1099L).setCurrency("usd");
    }
}
