package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceLineItem;
import com.stripe.model.Subscription;
import com.stripe.param.CouponCreateParams;
import com.stripe.param.InvoiceCreatePreviewParams;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.param.SubscriptionUpdateParams;
import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Coupons of subscriptions, and what they take off invoices. */
class CouponsTest extends SubscriptionScenario {

    @Test
    void a_percentage_is_taken_off_every_invoice() throws StripeException {
        var subscription = discounted("premium", percent("33.3", CouponCreateParams.Duration.FOREVER));

        pass(Duration.ofDays(28));

        for (var invoice : peer.v1().invoices().list().getData()) {
            assertThat(invoice.getSubtotal()).isEqualTo(1500);
            assertThat(invoice.getTotal()).isEqualTo(1000);
            assertThat(invoice.getAmountPaid()).isEqualTo(1000);
            assertThat(invoice.getTotalDiscountAmounts())
                    .singleElement()
                    .satisfies(taken -> assertThat(taken.getAmount()).isEqualTo(500));
            assertThat(invoice.getLines().getData().getFirst().getDiscountAmounts())
                    .hasSize(1);
        }
        assertThat(retrieved(subscription).getDiscounts()).hasSize(1);
    }

    @Test
    void an_amount_is_taken_off_once() throws StripeException {
        var coupon = peer.v1()
                .coupons()
                .create(CouponCreateParams.builder()
                        .setAmountOff(200L)
                        .setCurrency("usd")
                        .setDuration(CouponCreateParams.Duration.ONCE)
                        .build())
                .getId();

        var subscription = discounted("basic", coupon);
        pass(Duration.ofDays(28));

        assertThat(invoice(subscription).getTotal()).isEqualTo(300);
        assertThat(invoice(retrieved(subscription)).getTotal()).isEqualTo(500);
        assertThat(peer.events()).contains("customer.discount.created", "customer.discount.deleted");
        assertThat(peer.v1().coupons().retrieve(coupon).getTimesRedeemed()).isOne();
    }

    @Test
    void a_repeating_coupon_ends_after_its_months() throws StripeException {
        var coupon = peer.v1()
                .coupons()
                .create(CouponCreateParams.builder()
                        .setPercentOff(BigDecimal.valueOf(50))
                        .setDuration(CouponCreateParams.Duration.REPEATING)
                        .setDurationInMonths(1L)
                        .build())
                .getId();

        var subscription = discounted("basic", coupon);
        pass(Duration.ofDays(28));

        assertThat(invoice(subscription).getTotal()).isEqualTo(250);
        assertThat(invoice(retrieved(subscription)).getTotal()).isEqualTo(500);
    }

    @Test
    void a_plan_change_is_prorated_by_what_was_paid_and_its_preview_says_so() throws StripeException {
        var subscription = discounted("basic", percent("50", CouponCreateParams.Duration.FOREVER));
        pass(Duration.ofDays(14));
        var item = subscription.getItems().getData().getFirst().getId();

        var preview = peer.v1()
                .invoices()
                .createPreview(InvoiceCreatePreviewParams.builder()
                        .setSubscription(subscription.getId())
                        .setSubscriptionDetails(InvoiceCreatePreviewParams.SubscriptionDetails.builder()
                                .addItem(InvoiceCreatePreviewParams.SubscriptionDetails.Item.builder()
                                        .setId(item)
                                        .setPrice(price("premium"))
                                        .build())
                                .setProrationBehavior(
                                        InvoiceCreatePreviewParams.SubscriptionDetails.ProrationBehavior.ALWAYS_INVOICE)
                                .build())
                        .build());
        var changed = peer.v1()
                .subscriptions()
                .update(
                        subscription.getId(),
                        SubscriptionUpdateParams.builder()
                                .addItem(SubscriptionUpdateParams.Item.builder()
                                        .setId(item)
                                        .setPrice(price("premium"))
                                        .build())
                                .setProrationBehavior(SubscriptionUpdateParams.ProrationBehavior.ALWAYS_INVOICE)
                                .build());

        // half of the period remains: 250 were paid, and 750 are due for a whole one
        assertThat(invoice(changed).getLines().getData())
                .extracting(InvoiceLineItem::getAmount)
                .containsExactly(-125L, 375L);
        assertThat(preview.getAmountDue()).isEqualTo(invoice(changed).getAmountDue());
    }

    @Test
    void the_next_invoice_is_previewed_with_a_coupon_that_is_not_redeemed() throws StripeException {
        var subscription = active("pm_card_visa");
        var coupon = percent("20", CouponCreateParams.Duration.ONCE);

        var preview = peer.v1()
                .invoices()
                .createPreview(InvoiceCreatePreviewParams.builder()
                        .setSubscription(subscription.getId())
                        .addDiscount(InvoiceCreatePreviewParams.Discount.builder()
                                .setCoupon(coupon)
                                .build())
                        .build());

        assertThat(preview.getTotal()).isEqualTo(400);
        assertThat(peer.v1().coupons().retrieve(coupon).getTimesRedeemed()).isZero();
    }

    @Test
    void a_coupon_that_is_used_up_deleted_or_unknown_is_refused() throws StripeException {
        var coupon = peer.v1()
                .coupons()
                .create(CouponCreateParams.builder()
                        .setPercentOff(BigDecimal.TEN)
                        .setMaxRedemptions(1L)
                        .build())
                .getId();
        discounted("basic", coupon);

        assertThatThrownBy(() -> discounted("basic", coupon))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> assertThat(e.getCode())
                        .isEqualTo("coupon_expired"));
        peer.v1().coupons().delete(coupon);
        assertThatThrownBy(() -> discounted("basic", coupon))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> assertThat(e.getParam())
                        .isEqualTo("discounts[0][coupon]"));
        assertThatThrownBy(() -> discounted("basic", "none")).isInstanceOf(InvalidRequestException.class);
    }

    private String percent(String percent, CouponCreateParams.Duration duration) throws StripeException {
        return peer.v1()
                .coupons()
                .create(CouponCreateParams.builder()
                        .setPercentOff(new BigDecimal(percent))
                        .setDuration(duration)
                        .build())
                .getId();
    }

    private Subscription discounted(String plan, String coupon) throws StripeException {
        return peer.v1()
                .subscriptions()
                .create(subscription(payer("pm_card_visa"), plan)
                        .addDiscount(SubscriptionCreateParams.Discount.builder()
                                .setCoupon(coupon)
                                .build())
                        .build());
    }

    private Invoice invoice(Subscription subscription) throws StripeException {
        return peer.v1().invoices().retrieve(subscription.getLatestInvoice());
    }
}
