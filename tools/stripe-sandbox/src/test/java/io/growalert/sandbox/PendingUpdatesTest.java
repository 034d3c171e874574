package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.stripe.exception.CardException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Invoice;
import com.stripe.model.Subscription;
import com.stripe.param.InvoicePayParams;
import com.stripe.param.InvoicePaymentListParams;
import com.stripe.param.PaymentMethodAttachParams;
import com.stripe.param.SubscriptionUpdateParams;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Plan changes that are applied once they are paid, and discarded otherwise. */
class PendingUpdatesTest extends SubscriptionScenario {

    @Test
    void what_is_paid_at_once_is_applied_at_once() throws StripeException {
        var subscription = active("pm_card_visa");

        var changed = change(subscription, "premium");

        assertThat(plan(changed)).isEqualTo(price("premium"));
        assertThat(changed.getPendingUpdate()).isNull();
        assertThat(invoice(changed).getStatus()).isEqualTo("paid");
        assertThat(invoice(changed).getBillingReason()).isEqualTo("subscription_update");
        assertThat(latest("customer.subscription.updated").getData().getPreviousAttributes())
                .containsKeys("items", "latest_invoice");
        assertThat(peer.events()).noneMatch(type -> type.contains("pending_update"));
    }

    @Test
    void a_declined_payment_leaves_the_old_plan_until_another_card_pays() throws StripeException {
        var subscription = declining();

        var unchanged = change(subscription, "premium");

        assertThat(plan(unchanged)).isEqualTo(price("basic"));
        assertThat(unchanged.getStatus()).isEqualTo("active");
        assertThat(unchanged.getPendingUpdate().getExpiresAt())
                .isEqualTo(now.plus(Duration.ofHours(23)).getEpochSecond());
        assertThat(unchanged.getPendingUpdate().getSubscriptionItems())
                .extracting(item -> item.getPrice().getId())
                .containsExactly(price("premium"));
        assertThat(unchanged.getPendingUpdate().getMetadata()).containsExactly(entry("plan", "premium"));
        assertThat(unchanged.getMetadata()).isEmpty();
        var open = invoice(unchanged);
        assertThat(open.getStatus()).isEqualTo("open");
        assertThat(open.getNextPaymentAttempt()).isNull();

        peer.v1()
                .invoices()
                .pay(
                        open.getId(),
                        InvoicePayParams.builder()
                                .setPaymentMethod("pm_card_visa")
                                .build());

        var applied = retrieved(subscription);
        assertThat(plan(applied)).isEqualTo(price("premium"));
        assertThat(applied.getPendingUpdate()).isNull();
        assertThat(applied.getMetadata()).containsExactly(entry("plan", "premium"));
        assertThat(applied.getItems().getData().getFirst().getCurrentPeriodEnd())
                .isEqualTo(subscription.getItems().getData().getFirst().getCurrentPeriodEnd());
        assertThat(peer.events()).contains("customer.subscription.pending_update_applied");
    }

    @Test
    void an_update_that_is_not_paid_in_time_is_discarded_with_its_invoice() throws StripeException {
        var subscription = declining();
        var open = invoice(change(subscription, "premium"));

        pass(Duration.ofHours(23));

        var unchanged = retrieved(subscription);
        assertThat(plan(unchanged)).isEqualTo(price("basic"));
        assertThat(unchanged.getPendingUpdate()).isNull();
        assertThat(peer.v1().invoices().retrieve(open.getId()).getStatus()).isEqualTo("void");
        assertThat(peer.events())
                .contains("invoice.voided", "customer.subscription.pending_update_expired")
                .doesNotContain("customer.subscription.pending_update_applied");
        assertThat(unchanged.getStatus()).isEqualTo("active");
    }

    @Test
    void a_voided_invoice_another_change_and_a_cancellation_discard_it_too() throws StripeException {
        var subscription = declining();
        peer.v1()
                .invoices()
                .voidInvoice(invoice(change(subscription, "premium")).getId());
        assertThat(retrieved(subscription).getPendingUpdate()).isNull();

        pass(Duration.ofDays(1));
        var first = invoice(change(subscription, "premium"));
        var second = invoice(change(subscription, "premium-year"));
        assertThat(peer.v1().invoices().retrieve(first.getId()).getStatus()).isEqualTo("void");
        assertThat(retrieved(subscription).getPendingUpdate().getBillingCycleAnchor())
                .isEqualTo(now.getEpochSecond());
        assertThat(second.getStatus()).isEqualTo("open");

        peer.v1().subscriptions().cancel(subscription.getId());
        assertThat(peer.v1().invoices().retrieve(second.getId()).getStatus()).isEqualTo("void");
        assertThat(retrieved(subscription).getPendingUpdate()).isNull();
    }

    @Test
    void the_card_holder_can_authenticate_a_change() throws StripeException, IOException, InterruptedException {
        var subscription = withCard("pm_card_authenticationRequired");

        var waiting = change(subscription, "premium-year");

        assertThat(waiting.getPendingUpdate()).isNotNull();
        assertThat(peer.events()).contains("invoice.payment_action_required");
        peer.control("payment_intents/" + intent(waiting.getLatestInvoice()) + "/authenticate");

        var applied = retrieved(subscription);
        assertThat(plan(applied)).isEqualTo(price("premium-year"));
        assertThat(applied.getBillingCycleAnchor()).isEqualTo(now.getEpochSecond());
    }

    @Test
    void an_update_whose_payment_is_processing_does_not_expire() throws Exception {
        var subscription = active("pm_card_visa");
        var slow = peer.v1()
                .paymentMethods()
                .attach(
                        slowCard().getId(),
                        PaymentMethodAttachParams.builder()
                                .setCustomer(subscription.getCustomer())
                                .build());
        peer.v1()
                .subscriptions()
                .update(
                        subscription.getId(),
                        SubscriptionUpdateParams.builder()
                                .setDefaultPaymentMethod(slow.getId())
                                .build());
        var invoice = change(subscription, "premium").getLatestInvoice();

        pass(Duration.ofDays(29));
        assertThat(retrieved(subscription).getPendingUpdate()).isNotNull();
        assertThat(retrieved(subscription).getLatestInvoice()).isNotEqualTo(invoice);
        assertThatThrownBy(() -> change(subscription, "free")).isInstanceOf(InvalidRequestException.class);
        peer.control("payment_intents/" + intent(invoice) + "/settle");

        var applied = retrieved(subscription);
        assertThat(plan(applied)).isEqualTo(price("premium"));
        assertThat(applied.getItems().getData().getFirst().getCurrentPeriodEnd())
                .isGreaterThan(now.getEpochSecond());
    }

    @Test
    void a_cheaper_plan_needs_no_payment_and_is_credited() throws StripeException {
        var subscription = active("pm_card_visa");
        change(subscription, "premium");

        var changed = change(subscription, "basic");

        assertThat(plan(changed)).isEqualTo(price("basic"));
        assertThat(invoice(changed).getTotal()).isEqualTo(-1000);
        assertThat(peer.v1().customers().retrieve(subscription.getCustomer()).getBalance())
                .isEqualTo(-1000);
    }

    @Test
    void an_amount_that_is_too_small_to_charge_is_owed_with_the_next_invoice() throws StripeException {
        var subscription = active("pm_card_visa");
        pass(Duration.ofDays(27));

        var changed = change(subscription, "premium");

        assertThat(invoice(changed).getTotal()).isEqualTo(36);
        assertThat(invoice(changed).getAmountDue()).isZero();
        assertThat(peer.v1().customers().retrieve(subscription.getCustomer()).getBalance())
                .isEqualTo(36);
    }

    @Test
    void only_what_can_wait_may_be_sent() throws StripeException {
        var subscription = active("pm_card_visa");

        assertThatThrownBy(() -> peer.v1()
                        .subscriptions()
                        .update(
                                subscription.getId(),
                                pending(subscription, "premium")
                                        .setCancelAtPeriodEnd(true)
                                        .build()))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> assertThat(e.getParam())
                        .isEqualTo("cancel_at_period_end"));
    }

    @Test
    void without_pending_updates_a_declined_change_is_past_due_or_refused() throws StripeException {
        var subscription = declining();
        assertThatThrownBy(() -> peer.v1()
                        .subscriptions()
                        .update(
                                subscription.getId(),
                                pending(subscription, "premium")
                                        .setPaymentBehavior(
                                                SubscriptionUpdateParams.PaymentBehavior.ERROR_IF_INCOMPLETE)
                                        .build()))
                .isInstanceOf(CardException.class);
        assertThat(plan(retrieved(subscription))).isEqualTo(price("basic"));

        var changed = peer.v1()
                .subscriptions()
                .update(
                        subscription.getId(),
                        pending(subscription, "premium")
                                .setPaymentBehavior(SubscriptionUpdateParams.PaymentBehavior.ALLOW_INCOMPLETE)
                                .build());

        assertThat(plan(changed)).isEqualTo(price("premium"));
        assertThat(changed.getStatus()).isEqualTo("past_due");
    }

    private Subscription declining() throws StripeException {
        return withCard("pm_card_chargeCustomerFail");
    }

    private Subscription withCard(String method) throws StripeException {
        var subscription = active("pm_card_visa");
        var attached = peer.v1()
                .paymentMethods()
                .attach(
                        method,
                        PaymentMethodAttachParams.builder()
                                .setCustomer(subscription.getCustomer())
                                .build());
        return peer.v1()
                .subscriptions()
                .update(
                        subscription.getId(),
                        SubscriptionUpdateParams.builder()
                                .setDefaultPaymentMethod(attached.getId())
                                .build());
    }

    private Subscription change(Subscription subscription, String plan) throws StripeException {
        return peer.v1()
                .subscriptions()
                .update(subscription.getId(), pending(subscription, plan).build());
    }

    private SubscriptionUpdateParams.Builder pending(Subscription subscription, String plan) throws StripeException {
        return SubscriptionUpdateParams.builder()
                .addItem(SubscriptionUpdateParams.Item.builder()
                        .setId(subscription.getItems().getData().getFirst().getId())
                        .setPrice(price(plan))
                        .build())
                .putMetadata("plan", plan)
                .setProrationBehavior(SubscriptionUpdateParams.ProrationBehavior.ALWAYS_INVOICE)
                .setPaymentBehavior(SubscriptionUpdateParams.PaymentBehavior.PENDING_IF_INCOMPLETE);
    }

    private Invoice invoice(Subscription subscription) throws StripeException {
        return peer.v1().invoices().retrieve(subscription.getLatestInvoice());
    }

    private static String plan(Subscription subscription) {
        return subscription.getItems().getData().getFirst().getPrice().getId();
    }

    private String intent(String invoice) throws StripeException {
        return peer.v1()
                .invoicePayments()
                .list(InvoicePaymentListParams.builder().setInvoice(invoice).build())
                .getData()
                .getFirst()
                .getPayment()
                .getPaymentIntent();
    }
}
