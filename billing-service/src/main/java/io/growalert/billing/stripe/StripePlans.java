package io.growalert.billing.stripe;

import static io.growalert.billing.stripe.StripeFailure.orFail;

import com.stripe.StripeClient;
import com.stripe.net.RequestOptions;
import com.stripe.param.InvoiceCreatePreviewParams;
import com.stripe.param.SubscriptionListParams;
import com.stripe.param.SubscriptionUpdateParams;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.billing.stripe.StripeSubscriptions.Shown;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The plans of subscriptions: what they cost next, what another plan would cost, and the change to it. */
public final class StripePlans {
    private static final int PREVIEW_MILLIS = 5_000;
    /** A preview changes nothing and can be repeated at any time: no long wait. */
    private static final RequestOptions PREVIEW = RequestOptions.builder()
            .setConnectTimeout(PREVIEW_MILLIS)
            .setReadTimeout(PREVIEW_MILLIS)
            .setMaxNetworkRetries(0)
            .build();

    private final StripeClient stripe;

    StripePlans(StripeClient stripe) {
        this.stripe = stripe;
    }

    /**
     * A subscription with its plan.
     *
     * @param item the id of the subscription's item that has the plan's price
     * @param pending a change that waits for its payment; null: none
     * @param latestInvoice null: none
     * @param method the subscription's own payment method; null: that of the customer pays
     * @param endsWithoutMethod whether it ends with its trial unless there is a payment method by then
     */
    public record Subscribed(
            Shown subscription,
            String item,
            PlanPricing pricing,
            @Nullable PendingChange pending,
            @Nullable String latestInvoice,
            @Nullable SavedMethod method,
            boolean endsWithoutMethod) {
        public String id() {
            return subscription.id();
        }

        public String price() {
            return pricing.id();
        }

        public boolean isTrial() {
            return subscription.status().equals("trialing");
        }

        public @Nullable Instant periodEnd() {
            return subscription.items().getFirst().periodEnd();
        }

        /** When it ends, as far as that is scheduled; null: it continues. */
        public @Nullable Instant endsAt() {
            return subscription.cancelAt() != null || !subscription.cancelAtPeriodEnd()
                    ? subscription.cancelAt()
                    : periodEnd();
        }
    }

    /**
     * The price of a subscription.
     *
     * @param amount of one, in the currency's smallest unit
     * @param interval such as {@code month}; null: Stripe states none
     */
    public record PlanPricing(
            String id,
            @Nullable String lookupKey,
            @Nullable String product,
            long amount,
            String currency,
            @Nullable String interval) {}

    public record PendingChange(String priceId, Instant expiresAt) {}

    /** All subscriptions of a customer, the newest first. */
    public List<Subscribed> of(String customer) {
        var parameters = SubscriptionListParams.builder()
                .setCustomer(customer)
                .setStatus(SubscriptionListParams.Status.ALL)
                .setLimit(100L)
                .addExpand("data.default_payment_method")
                .build();
        return orFail(() -> stripe.v1().subscriptions().list(parameters)).getData().stream()
                .map(subscription ->
                        subscribed(new StripeFields(StripeFields.parse(subscription.toJson()), "subscription")))
                .toList();
    }

    /** What the next invoice of the subscription will charge; empty when there will be none. */
    public Optional<PreviewedInvoice> next(Subscribed subscribed) {
        return upcoming(InvoiceCreatePreviewParams.builder()
                .setSubscription(subscribed.id())
                .build());
    }

    /** What the invoice at the end of the subscription's trial will charge after a change to another price; empty when there will be none. */
    public Optional<PreviewedInvoice> afterTrial(Subscribed subscribed, String price) {
        return upcoming(InvoiceCreatePreviewParams.builder()
                .setSubscription(subscribed.id())
                .setSubscriptionDetails(InvoiceCreatePreviewParams.SubscriptionDetails.builder()
                        .addItem(previewedItem(subscribed, price))
                        .setProrationBehavior(InvoiceCreatePreviewParams.SubscriptionDetails.ProrationBehavior.NONE)
                        .build())
                .build());
    }

    private Optional<PreviewedInvoice> upcoming(InvoiceCreatePreviewParams parameters) {
        try {
            return Optional.of(previewed(parameters));
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * What a change to another price would charge at once.
     *
     * @param at the time of the change, from which on the new price counts; in whole seconds
     */
    public PreviewedInvoice preview(Subscribed subscribed, String price, Instant at) {
        var details = InvoiceCreatePreviewParams.SubscriptionDetails.builder()
                .addItem(previewedItem(subscribed, price))
                .setProrationBehavior(InvoiceCreatePreviewParams.SubscriptionDetails.ProrationBehavior.ALWAYS_INVOICE)
                .setProrationDate(at.getEpochSecond())
                .build();
        return previewed(InvoiceCreatePreviewParams.builder()
                .setSubscription(subscribed.id())
                .setSubscriptionDetails(details)
                .build());
    }

    private static InvoiceCreatePreviewParams.SubscriptionDetails.Item previewedItem(
            Subscribed subscribed, String price) {
        return InvoiceCreatePreviewParams.SubscriptionDetails.Item.builder()
                .setId(subscribed.item())
                .setPrice(price)
                .build();
    }

    private PreviewedInvoice previewed(InvoiceCreatePreviewParams parameters) {
        return PreviewedInvoice.of(
                StripeJson.fields(orFail(() -> stripe.v1().invoices().createPreview(parameters, PREVIEW)), "invoice"));
    }

    /** @param invoice the subscription's latest one, with its client secret; null: none */
    public record ChargedChange(Subscribed subscribed, StripeInvoices.@Nullable Billed invoice) {}

    /**
     * Changes the plan, and charges the difference at once. When the payment does not succeed, the plan remains, and
     * {@link Subscribed#pending} has the change until the invoice is paid, voided or expires. In a trial nothing is invoiced: an
     * invoice at once would charge whatever else waits for the next one.
     *
     * @param at as in the preview
     */
    public ChargedChange change(Subscribed subscribed, String price, Instant at, StripeRequest request) {
        var parameters = SubscriptionUpdateParams.builder()
                .addItem(SubscriptionUpdateParams.Item.builder()
                        .setId(subscribed.item())
                        .setPrice(price)
                        .build())
                .setPaymentBehavior(SubscriptionUpdateParams.PaymentBehavior.PENDING_IF_INCOMPLETE)
                .addExpand("latest_invoice.confirmation_secret");
        if (subscribed.isTrial()) {
            parameters.setProrationBehavior(SubscriptionUpdateParams.ProrationBehavior.NONE);
        } else {
            parameters
                    .setProrationBehavior(SubscriptionUpdateParams.ProrationBehavior.ALWAYS_INVOICE)
                    .setProrationDate(at.getEpochSecond());
        }
        var changed = StripeJson.fields(
                orFail(() -> stripe.v1()
                        .subscriptions()
                        .update(subscribed.id(), parameters.build(), request.options("change"))),
                "subscription");
        return new ChargedChange(
                subscribed(changed),
                changed.isExpanded("latest_invoice") ? StripeInvoices.billed(changed.object("latest_invoice")) : null);
    }

    /** The id of the payment method that pays a subscription; empty: that of the customer pays. */
    public Optional<String> methodOf(String subscription) {
        var method = StripeJson.fields(orFail(() -> stripe.v1().subscriptions().retrieve(subscription)), "subscription")
                .optionalId("default_payment_method");
        return Optional.ofNullable(method);
    }

    /** Makes a payment method the one that pays a subscription. */
    public void payBy(String subscription, String method) {
        var parameters = SubscriptionUpdateParams.builder()
                .setDefaultPaymentMethod(method)
                .build();
        orFail(() -> stripe.v1().subscriptions().update(subscription, parameters));
    }

    /** The name of a product, as customers see it. */
    public String nameOf(String product) {
        return StripeJson.fields(orFail(() -> stripe.v1().products().retrieve(product)), "product")
                .text("name");
    }

    static Subscribed subscribed(StripeFields subscription) {
        var shown = StripeSubscriptions.shown(subscription);
        var item = subscription.list("items").getFirst();
        return new Subscribed(
                shown,
                item.text("id"),
                pricing(item.object("price")),
                subscription.has("pending_update") ? pending(subscription.object("pending_update")) : null,
                subscription.optionalId("latest_invoice"),
                subscription.isExpanded("default_payment_method")
                        ? SavedMethod.of(subscription.object("default_payment_method"))
                        : null,
                StripeSubscriptions.endsWithoutMethod(subscription));
    }

    private static PlanPricing pricing(StripeFields price) {
        return new PlanPricing(
                price.text("id"),
                price.optionalText("lookup_key"),
                price.optionalId("product"),
                price.number("unit_amount", 0),
                price.text("currency"),
                price.object("recurring").optionalText("interval"));
    }

    private static @Nullable PendingChange pending(StripeFields update) {
        var items = update.elements("subscription_items");
        return items.isEmpty()
                ? null
                : new PendingChange(items.getFirst().object("price").text("id"), update.time("expires_at"));
    }
}
