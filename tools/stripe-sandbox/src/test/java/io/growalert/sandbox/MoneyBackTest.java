package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.CardException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Charge;
import com.stripe.param.ChargeCreateParams;
import com.stripe.param.ChargeRetrieveParams;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.DisputeListParams;
import com.stripe.param.RefundCreateParams;
import com.stripe.param.RefundListParams;
import com.stripe.param.TokenCreateParams;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Charges with a token alone, what of them is refunded, and what is disputed. */
class MoneyBackTest {
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
    void a_token_alone_is_charged_once() throws StripeException {
        var token = peer.client(StripeSandbox.PUBLISHABLE_KEY)
                .v1()
                .tokens()
                .create(TokenCreateParams.builder()
                        .setCard(TokenCreateParams.Card.builder()
                                .setNumber("4242424242424242")
                                .setExpMonth("12")
                                .setExpYear("2034")
                                .setCvc("123")
                                .build())
                        .build());

        var charge = peer.v1()
                .charges()
                .create(charge(token.getId()).putMetadata("a", "b").build());

        assertThat(charge.getPaid()).isTrue();
        assertThat(charge.getPaymentMethodDetails().getCard().getLast4()).isEqualTo("4242");
        assertThat(peer.v1().tokens().retrieve(token.getId()).getUsed()).isTrue();
        assertThatThrownBy(
                        () -> peer.v1().charges().create(charge(token.getId()).build()))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> assertThat(e.getCode())
                        .isEqualTo("token_already_used"));
        assertThat(peer.events()).containsExactly("charge.succeeded", "charge.updated");
    }

    @Test
    void a_token_that_is_not_the_customers_is_refused() throws StripeException {
        var customer = peer.customer();
        assertThatThrownBy(() -> peer.v1()
                        .charges()
                        .create(charge("tok_visa").setCustomer(customer.getId()).build()))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> assertThat(e.getCode())
                        .isEqualTo("missing"))
                .hasMessageContaining("does not have a linked source");
    }

    @Test
    void a_customers_own_source_is_charged() throws StripeException {
        var customer = peer.v1()
                .customers()
                .create(CustomerCreateParams.builder().setSource("tok_visa").build());
        assertThat(customer.getDefaultSource()).startsWith("card_");
        var charge = peer.v1()
                .charges()
                .create(ChargeCreateParams.builder()
                        .setAmount(500L)
                        .setCurrency("usd")
                        .setCustomer(customer.getId())
                        .build());
        assertThat(charge.getCustomer()).isEqualTo(customer.getId());
    }

    @Test
    void a_declined_charge_is_stored_and_named_by_its_error() {
        assertThatThrownBy(() -> peer.v1()
                        .charges()
                        .create(charge("tok_chargeDeclinedInsufficientFunds").build()))
                .isInstanceOfSatisfying(CardException.class, e -> {
                    assertThat(e.getDeclineCode()).isEqualTo("insufficient_funds");
                    assertThat(charge(e).getStatus()).isEqualTo("failed");
                    assertThat(charge(e).getFailureCode()).isEqualTo("card_declined");
                });
        assertThatThrownBy(() -> peer.v1()
                        .charges()
                        .create(charge("tok_threeDSecure2Required").build()))
                .isInstanceOfSatisfying(
                        CardException.class, e -> assertThat(e.getCode()).isEqualTo("authentication_required"));
    }

    @Test
    void a_charge_is_refunded_in_parts_and_never_more_than_it_took() throws StripeException {
        var charge = peer.v1().charges().create(charge("tok_visa").build());
        var before = peer.events().size();

        var part = peer.v1()
                .refunds()
                .create(RefundCreateParams.builder()
                        .setCharge(charge.getId())
                        .setAmount(100L)
                        .setReason(RefundCreateParams.Reason.REQUESTED_BY_CUSTOMER)
                        .build());

        assertThat(part.getStatus()).isEqualTo("succeeded");
        assertThat(retrieved(charge).getAmountRefunded()).isEqualTo(100);
        assertThat(retrieved(charge).getRefunded()).isFalse();
        assertThat(peer.events().subList(before, peer.events().size()))
                .containsExactly("refund.created", "charge.refunded", "refund.updated");
        var rest = RefundCreateParams.builder().setCharge(charge.getId());
        assertThatThrownBy(() -> peer.v1()
                        .refunds()
                        .create(RefundCreateParams.builder()
                                .setCharge(charge.getId())
                                .setAmount(401L)
                                .build()))
                .isInstanceOf(InvalidRequestException.class);
        assertThat(peer.v1().refunds().create(rest.build()).getAmount()).isEqualTo(400);
        assertThat(retrieved(charge).getRefunded()).isTrue();
        assertThatThrownBy(() -> peer.v1().refunds().create(rest.build()))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> assertThat(e.getCode())
                        .isEqualTo("charge_already_refunded"));
        assertThat(peer.v1()
                        .refunds()
                        .list(RefundListParams.builder()
                                .setCharge(charge.getId())
                                .build())
                        .getData())
                .extracting("amount")
                .containsExactly(400L, 100L);
        assertThat(peer.v1()
                        .charges()
                        .retrieve(
                                charge.getId(),
                                ChargeRetrieveParams.builder()
                                        .addExpand("refunds")
                                        .build())
                        .getRefunds()
                        .getData())
                .hasSize(2);
    }

    @Test
    void the_card_for_disputes_is_disputed_and_the_dispute_is_lost_when_it_is_closed() throws StripeException {
        var charge = peer.v1().charges().create(charge("tok_createDispute").build());
        assertThat(retrieved(charge).getDisputed()).isTrue();
        var dispute = peer.v1()
                .disputes()
                .list(DisputeListParams.builder().setCharge(charge.getId()).build())
                .getData()
                .getFirst();
        assertThat(dispute.getStatus()).isEqualTo("needs_response");

        assertThat(peer.v1().disputes().close(dispute.getId()).getStatus()).isEqualTo("lost");

        assertThat(peer.v1().disputes().retrieve(dispute.getId()).getStatus()).isEqualTo("lost");
        assertThat(peer.events())
                .contains("charge.dispute.created", "charge.dispute.funds_withdrawn")
                .endsWith("charge.dispute.closed");
        assertThatThrownBy(() -> peer.v1().disputes().close(dispute.getId()))
                .isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> peer.v1()
                        .refunds()
                        .create(RefundCreateParams.builder()
                                .setCharge(charge.getId())
                                .build()))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> assertThat(e.getCode())
                        .isEqualTo("charge_disputed"));
    }

    @Test
    void a_test_opens_and_wins_a_dispute_of_any_charge() throws Exception {
        var charge = peer.v1().charges().create(charge("tok_visa").build());
        assertThat(peer.control("charges/%s/dispute".formatted(charge.getId()))).isEqualTo(200);
        assertThat(peer.control("charges/%s/dispute".formatted(charge.getId()))).isEqualTo(400);
        var dispute = peer.v1().disputes().list().getData().getFirst();

        assertThat(peer.control("disputes/%s/close?status=won".formatted(dispute.getId())))
                .isEqualTo(200);

        assertThat(peer.v1().disputes().retrieve(dispute.getId()).getStatus()).isEqualTo("won");
        assertThat(peer.events()).endsWith("charge.dispute.closed", "charge.dispute.funds_reinstated");
    }

    private Charge charge(CardException e) {
        try {
            return peer.v1().charges().retrieve(e.getCharge());
        } catch (StripeException thrown) {
            throw new AssertionError(thrown);
        }
    }

    private Charge retrieved(Charge charge) throws StripeException {
        return peer.v1().charges().retrieve(charge.getId());
    }

    private static ChargeCreateParams.Builder charge(String source) {
        return ChargeCreateParams.builder().setAmount(500L).setCurrency("usd").setSource(source);
    }
}
