package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceLineItem;
import com.stripe.model.Subscription;
import com.stripe.param.CustomerUpdateParams;
import com.stripe.param.InvoiceCreatePreviewParams;
import com.stripe.param.InvoiceCreatePreviewParams.SubscriptionDetails;
import com.stripe.param.SubscriptionUpdateParams;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Previews of a plan change, and the invoice that is then made. */
class PreviewsTest extends SubscriptionScenario {

    @ParameterizedTest
    @CsvSource({
        "premium, 1, 10, ",
        "premium, 3, 1, ",
        "basic, 4, 27, ",
        "free, 1, 13, ",
        "premium-year, 1, 17, ",
        "premium, 2, 11, now",
        "basic, 1, 11, now",
    })
    void an_invoice_is_what_its_preview_announced(String plan, long quantity, int days, String anchor)
            throws StripeException {
        var subscription = active("pm_card_visa");
        pass(Duration.ofDays(days).plusMinutes(7));
        var date = now.getEpochSecond();
        var details = details(subscription, plan, quantity)
                .setProrationBehavior(SubscriptionDetails.ProrationBehavior.ALWAYS_INVOICE)
                .setProrationDate(date);
        var update = update(subscription, plan, quantity)
                .setProrationBehavior(SubscriptionUpdateParams.ProrationBehavior.ALWAYS_INVOICE)
                .setPaymentBehavior(SubscriptionUpdateParams.PaymentBehavior.PENDING_IF_INCOMPLETE)
                .setProrationDate(date);
        if (anchor != null) {
            details.setBillingCycleAnchor(SubscriptionDetails.BillingCycleAnchor.NOW);
            update.setBillingCycleAnchor(SubscriptionUpdateParams.BillingCycleAnchor.NOW);
        }
        var before = peer.v1().invoices().list().getData().size();

        var preview = preview(subscription, details);
        pass(Duration.ofMinutes(14));
        peer.v1().subscriptions().update(subscription.getId(), update.build());

        assertThat(peer.v1().invoices().list().getData())
                .hasSize(before + (preview.getLines().getData().isEmpty() ? 0 : 1));
        var changed = retrieved(subscription);
        var invoice = peer.v1().invoices().retrieve(changed.getLatestInvoice());
        assertThat(preview.getId()).startsWith("upcoming_in_");
        assertThat(preview.getTotal()).isEqualTo(invoice.getTotal());
        assertThat(preview.getAmountDue()).isEqualTo(invoice.getAmountDue());
        assertThat(preview.getLines().getData())
                .extracting(InvoiceLineItem::getAmount, InvoiceLineItem::getDescription)
                .isEqualTo(invoice.getLines().getData().stream()
                        .map(line -> tuple(line.getAmount(), line.getDescription()))
                        .toList());
        assertThat(invoice.getStatus()).isEqualTo("paid");
        assertThat(changed.getItems().getData().getFirst().getPrice().getId()).isEqualTo(price(plan));
    }

    @Test
    void the_rest_of_the_period_is_prorated_by_the_second() throws StripeException {
        var subscription = active("pm_card_visa");
        pass(Duration.ofDays(7));

        var preview = preview(
                subscription,
                details(subscription, "premium", 1)
                        .setProrationBehavior(SubscriptionDetails.ProrationBehavior.ALWAYS_INVOICE));

        // the period is of 28 days, and 21 of them remain
        assertThat(amounts(preview)).containsExactly(-375L, 1125L);
        assertThat(preview.getLines().getData())
                .extracting(InvoiceLineItem::getDescription)
                .containsExactly(
                        "Unused time on Basic after 07 Feb 2026", "Remaining time on Premium after 07 Feb 2026");
        assertThat(preview.getAmountDue()).isEqualTo(750);
        assertThat(preview.getLines().getData())
                .allMatch(line -> line.getParent().getSubscriptionItemDetails().getProration());
    }

    @Test
    void the_next_invoice_has_the_prorations_that_are_not_invoiced_at_once() throws StripeException {
        var subscription = active("pm_card_visa");
        pass(Duration.ofDays(7));

        var preview = preview(subscription, details(subscription, "premium", 1));
        var unprorated = preview(
                subscription,
                details(subscription, "premium", 1).setProrationBehavior(SubscriptionDetails.ProrationBehavior.NONE));
        peer.v1()
                .subscriptions()
                .update(subscription.getId(), update(subscription, "premium", 1).build());
        var announced = preview(subscription, SubscriptionDetails.builder());
        pass(Duration.ofDays(21));

        assertThat(amounts(preview)).containsExactly(-375L, 1125L, 1500L);
        assertThat(amounts(unprorated)).containsExactly(1500L);
        assertThat(amounts(announced)).containsExactly(-375L, 1125L, 1500L);
        var invoice = peer.v1().invoices().retrieve(retrieved(subscription).getLatestInvoice());
        assertThat(amounts(invoice)).containsExactly(-375L, 1125L, 1500L);
        assertThat(announced.getNextPaymentAttempt()).isEqualTo(now.getEpochSecond());
    }

    @Test
    void a_recurring_preview_has_a_whole_period_only() throws StripeException {
        var subscription = active("pm_card_visa");
        pass(Duration.ofDays(7));

        var preview = peer.v1()
                .invoices()
                .createPreview(InvoiceCreatePreviewParams.builder()
                        .setSubscription(subscription.getId())
                        .setPreviewMode(InvoiceCreatePreviewParams.PreviewMode.RECURRING)
                        .setSubscriptionDetails(details(subscription, "premium", 2)
                                .setProrationBehavior(SubscriptionDetails.ProrationBehavior.ALWAYS_INVOICE)
                                .build())
                        .build());

        assertThat(amounts(preview)).containsExactly(3000L);
    }

    @Test
    void a_preview_counts_the_customers_balance_and_changes_nothing() throws StripeException {
        var subscription = active("pm_card_visa");
        peer.v1()
                .customers()
                .update(
                        subscription.getCustomer(),
                        CustomerUpdateParams.builder().setBalance(-200L).build());
        var events = peer.events();

        var preview = preview(subscription, SubscriptionDetails.builder());

        assertThat(preview.getTotal()).isEqualTo(500);
        assertThat(preview.getAmountDue()).isEqualTo(300);
        assertThat(peer.events()).isEqualTo(events);
        assertThat(retrieved(subscription).toJson()).isEqualTo(subscription.toJson());
    }

    @Test
    void a_new_subscription_can_be_previewed_and_so_can_its_trial() throws StripeException {
        var customer = peer.customer().getId();
        var details = SubscriptionDetails.builder()
                .addItem(SubscriptionDetails.Item.builder()
                        .setPrice(price("premium"))
                        .setQuantity(2L)
                        .build());

        var preview = peer.v1()
                .invoices()
                .createPreview(InvoiceCreatePreviewParams.builder()
                        .setCustomer(customer)
                        .setSubscriptionDetails(details.build())
                        .build());
        var trial = peer.v1()
                .invoices()
                .createPreview(InvoiceCreatePreviewParams.builder()
                        .setCustomer(customer)
                        .setSubscriptionDetails(
                                details.setTrialEnd(now.plus(Duration.ofDays(7)).getEpochSecond())
                                        .build())
                        .build());

        assertThat(preview.getAmountDue()).isEqualTo(3000);
        assertThat(trial.getAmountDue()).isZero();
        assertThat(peer.v1().subscriptions().list().getData()).isEmpty();
    }

    @Test
    void what_ends_has_no_next_invoice() throws StripeException {
        var subscription = active("pm_card_visa");

        assertThatThrownBy(() ->
                        preview(subscription, SubscriptionDetails.builder().setCancelAtPeriodEnd(true)))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> {
                    assertThat(e.getCode()).isEqualTo("invoice_upcoming_none");
                    assertThat(e.getStatusCode()).isEqualTo(404);
                });
    }

    @Test
    void a_proration_date_outside_of_the_period_is_refused() throws StripeException {
        var subscription = active("pm_card_visa");

        assertThatThrownBy(() -> preview(
                        subscription,
                        details(subscription, "premium", 1)
                                .setProrationDate(now.minusSeconds(1).getEpochSecond())))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> assertThat(e.getParam())
                        .isEqualTo("subscription_details[proration_date]"));
    }

    private SubscriptionDetails.Builder details(Subscription subscription, String plan, long quantity)
            throws StripeException {
        return SubscriptionDetails.builder()
                .addItem(SubscriptionDetails.Item.builder()
                        .setId(subscription.getItems().getData().getFirst().getId())
                        .setPrice(price(plan))
                        .setQuantity(quantity)
                        .build());
    }

    private SubscriptionUpdateParams.Builder update(Subscription subscription, String plan, long quantity)
            throws StripeException {
        return SubscriptionUpdateParams.builder()
                .addItem(SubscriptionUpdateParams.Item.builder()
                        .setId(subscription.getItems().getData().getFirst().getId())
                        .setPrice(price(plan))
                        .setQuantity(quantity)
                        .build());
    }

    private Invoice preview(Subscription subscription, SubscriptionDetails.Builder details) throws StripeException {
        return peer.v1()
                .invoices()
                .createPreview(InvoiceCreatePreviewParams.builder()
                        .setSubscription(subscription.getId())
                        .setSubscriptionDetails(details.build())
                        .build());
    }

    private static List<Long> amounts(Invoice invoice) {
        return invoice.getLines().getData().stream()
                .map(InvoiceLineItem::getAmount)
                .toList();
    }
}
