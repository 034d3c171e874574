package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.PaymentIntent;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentMethodCreateParams;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Banks that are slow, and banks that authenticate on their own pages. */
class BanksTest {
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
    void a_slow_payment_is_neither_paid_nor_open_until_it_is_settled() throws Exception {
        var slow = confirmed("4000000000057770");
        assertThat(slow.getStatus()).isEqualTo("processing");
        assertThat(slow.getLatestCharge()).isNull();
        assertThatThrownBy(() -> peer.v1().paymentIntents().confirm(slow.getId()))
                .isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> peer.v1().paymentIntents().cancel(slow.getId()))
                .isInstanceOf(InvalidRequestException.class);

        assertThat(peer.control("payment_intents/%s/settle?success=true".formatted(slow.getId())))
                .isEqualTo(200);

        assertThat(retrieved(slow).getStatus()).isEqualTo("succeeded");
        assertThat(peer.control("payment_intents/%s/settle?success=true".formatted(slow.getId())))
                .isEqualTo(400);
        assertThat(peer.events())
                .containsExactly(
                        "payment_intent.created",
                        "payment_intent.processing",
                        "charge.succeeded",
                        "payment_intent.succeeded",
                        "charge.updated");
    }

    @Test
    void a_slow_payment_can_fail_after_all() throws Exception {
        var slow = confirmed("4000000000057770");

        peer.control("payment_intents/%s/settle?success=false".formatted(slow.getId()));

        assertThat(retrieved(slow).getStatus()).isEqualTo("requires_payment_method");
        assertThat(retrieved(slow).getLastPaymentError().getCode()).isEqualTo("card_declined");
    }

    @Test
    void a_slow_payment_gives_its_method_to_the_customer_when_it_is_confirmed() throws Exception {
        var customer = peer.v1().customers().create();
        var kept = confirmed("4000000000057770", intent -> intent.setCustomer(customer.getId())
                .setSetupFutureUsage(PaymentIntentCreateParams.SetupFutureUsage.OFF_SESSION));
        var next = confirm(kept.getPaymentMethod(), intent -> intent.setCustomer(customer.getId()));

        for (var payment : List.of(next, kept)) {
            assertThat(peer.control("payment_intents/%s/settle?success=true".formatted(payment.getId())))
                    .isEqualTo(200);
        }

        assertThat(peer.v1().paymentMethods().retrieve(kept.getPaymentMethod()).getCustomer())
                .isEqualTo(customer.getId());
    }

    @Test
    void a_slow_payment_is_settled_when_its_method_was_detached_meanwhile() throws Exception {
        var customer = peer.v1().customers().create();
        var slow = confirmed("4000000000057770", intent -> intent.setCustomer(customer.getId())
                .setSetupFutureUsage(PaymentIntentCreateParams.SetupFutureUsage.OFF_SESSION));
        peer.v1().paymentMethods().detach(slow.getPaymentMethod());

        assertThat(peer.control("payment_intents/%s/settle?success=true".formatted(slow.getId())))
                .isEqualTo(200);

        assertThat(retrieved(slow).getStatus()).isEqualTo("succeeded");
    }

    @ParameterizedTest
    @CsvSource({"true, succeeded, succeeded", "false, requires_payment_method, failed"})
    void a_bank_with_its_own_page_redirects_back_to_the_shop(boolean success, String status, String answer)
            throws Exception {
        var intent = confirmed("4000000000049009");
        assertThat(intent.getStatus()).isEqualTo("requires_action");
        var page = peer.at(intent.getNextAction().getRedirectToUrl().getUrl());

        try (var browser = HttpClient.newHttpClient()) {
            assertThat(browser.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                            .body())
                    .contains("no money moves", "Complete authentication");
            var back = browser.send(
                    HttpRequest.newBuilder(page)
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(BodyPublishers.ofString("success=" + success))
                            .build(),
                    BodyHandlers.discarding());

            assertThat(back.statusCode()).isEqualTo(303);
            assertThat(back.headers().firstValue("Location").map(URI::create))
                    .hasValue(URI.create(
                            "https://example.com/back?payment_intent=%s&payment_intent_client_secret=%s&redirect_status=%s"
                                    .formatted(intent.getId(), intent.getClientSecret(), answer)));
        }
        assertThat(retrieved(intent).getStatus()).isEqualTo(status);
    }

    private PaymentIntent retrieved(PaymentIntent intent) throws StripeException {
        return peer.v1().paymentIntents().retrieve(intent.getId());
    }

    private PaymentIntent confirmed(String card) throws StripeException {
        return confirmed(card, intent -> {});
    }

    private PaymentIntent confirmed(String card, Consumer<PaymentIntentCreateParams.Builder> more)
            throws StripeException {
        var method = peer.v1()
                .paymentMethods()
                .create(PaymentMethodCreateParams.builder()
                        .setType(PaymentMethodCreateParams.Type.CARD)
                        .setCard(PaymentMethodCreateParams.CardDetails.builder()
                                .setNumber(card)
                                .setExpMonth(12L)
                                .setExpYear(2034L)
                                .setCvc("123")
                                .build())
                        .build());
        return confirm(method.getId(), more);
    }

    private PaymentIntent confirm(String method, Consumer<PaymentIntentCreateParams.Builder> more)
            throws StripeException {
        var intent = PaymentIntentCreateParams.builder()
                .setAmount(1099L)
                .setCurrency("usd")
                .setPaymentMethod(method)
                .setConfirm(true)
                .setUseStripeSdk(true)
                .setReturnUrl("https://example.com/back");
        more.accept(intent);
        return peer.v1().paymentIntents().create(intent.build());
    }
}
