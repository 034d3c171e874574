package io.growalert.billing.stripe;

import static io.growalert.billing.stripe.StripeFailure.orFail;

import com.stripe.StripeClient;
import com.stripe.model.Subscription;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.param.SubscriptionListParams;
import com.stripe.param.SubscriptionRetrieveParams;
import com.stripe.param.SubscriptionUpdateParams;
import com.stripe.param.common.EmptyParam;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.definitions.Secret;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Subscriptions at Stripe. */
public final class StripeSubscriptions {
    private static final Set<String> ENDED = Set.of("canceled", "incomplete_expired");
    private static final String INCOMPLETE = "incomplete";
    private static final String INVOICE = "latest_invoice";
    private static final String INVOICE_SECRET = "latest_invoice.confirmation_secret";
    private static final String SETUP_INTENT = "pending_setup_intent";

    private final StripeClient stripe;

    StripeSubscriptions(StripeClient stripe) {
        this.stripe = stripe;
    }

    /**
     * @param clientSecret of the intent to be confirmed; null: none
     * @param continues whether it neither has ended nor is scheduled to
     */
    public record Started(String id, @Nullable Secret clientSecret, boolean continues) {}

    /** A subscription as shown to its customer. */
    public record Shown(
            String id,
            String status,
            String currency,
            boolean cancelAtPeriodEnd,
            @Nullable Instant cancelAt,
            @Nullable Instant canceledAt,
            @Nullable Instant endedAt,
            @Nullable Instant trialEnd,
            Instant createdAt,
            List<Item> items) {
        public Shown {
            items = List.copyOf(items);
        }

        /** Whether it will never be charged again. */
        public boolean ended() {
            return ENDED.contains(status);
        }

        /** Whether it may be charged without a confirmation: neither ended nor waiting for its first payment. */
        public boolean runs() {
            return !ended() && !status.equals(INCOMPLETE);
        }

        /** Whether a cancellation is scheduled, for the end of the period or for another time. */
        public boolean endsLater() {
            return cancelAtPeriodEnd || cancelAt != null;
        }

        /** Whether a cancellation is scheduled for the end of the current period, or before. */
        public boolean endsWithPeriod() {
            return cancelAtPeriodEnd
                    || (cancelAt != null
                            && items.stream()
                                    .map(Item::periodEnd)
                                    .filter(Objects::nonNull)
                                    .noneMatch(cancelAt::isAfter));
        }

        public boolean isOf(String price) {
            return items.stream().anyMatch(item -> item.price().equals(price));
        }
    }

    /** @param unitAmount in the currency's smallest unit */
    public record Item(
            String price,
            @Nullable String product,
            @Nullable Long quantity,
            @Nullable Long unitAmount,
            @Nullable Instant periodStart,
            @Nullable Instant periodEnd) {}

    /**
     * Creates a subscription that is charged once its first invoice is confirmed in the browser. A trial that ends without a card is
     * canceled, not billed.
     */
    public Started create(String customer, String price, int trialDays, StripeRequest request) {
        var parameters = SubscriptionCreateParams.builder()
                .setCustomer(customer)
                .addItem(SubscriptionCreateParams.Item.builder().setPrice(price).build())
                .setPaymentBehavior(SubscriptionCreateParams.PaymentBehavior.DEFAULT_INCOMPLETE)
                .setPaymentSettings(SubscriptionCreateParams.PaymentSettings.builder()
                        .addAllPaymentMethodType(AcceptedPaymentMethods.TYPES.stream()
                                .map(type -> SubscriptionCreateParams.PaymentSettings.PaymentMethodType.valueOf(
                                        type.toUpperCase(Locale.ROOT)))
                                .toList())
                        .setSaveDefaultPaymentMethod(
                                SubscriptionCreateParams.PaymentSettings.SaveDefaultPaymentMethod.ON_SUBSCRIPTION)
                        .build())
                .putMetadata(StripeRequest.METADATA, request.id())
                .addExpand(INVOICE_SECRET)
                .addExpand(SETUP_INTENT);
        if (trialDays > 0) {
            parameters
                    .setTrialPeriodDays((long) trialDays)
                    .setTrialSettings(SubscriptionCreateParams.TrialSettings.builder()
                            .setEndBehavior(SubscriptionCreateParams.TrialSettings.EndBehavior.builder()
                                    .setMissingPaymentMethod(
                                            SubscriptionCreateParams.TrialSettings.EndBehavior.MissingPaymentMethod
                                                    .CANCEL)
                                    .build())
                            .build());
        }
        return started(
                orFail(() -> stripe.v1().subscriptions().create(parameters.build(), request.options("subscription"))));
    }

    public Started started(String id) {
        var parameters = SubscriptionRetrieveParams.builder()
                .addExpand(INVOICE_SECRET)
                .addExpand(SETUP_INTENT)
                .build();
        return started(orFail(() -> stripe.v1().subscriptions().retrieve(id, parameters)));
    }

    /** All subscriptions of a customer, the newest first. */
    public List<Shown> shown(String customer) {
        var parameters = SubscriptionListParams.builder()
                .setCustomer(customer)
                .setStatus(SubscriptionListParams.Status.ALL)
                .setLimit(100L)
                .build();
        return orFail(() -> stripe.v1().subscriptions().list(parameters)).getData().stream()
                .map(subscription -> shown(new StripeFields(StripeFields.parse(subscription.toJson()), "subscription")))
                .toList();
    }

    /** No further period begins. */
    public Shown cancelAtPeriodEnd(String id) {
        var parameters =
                SubscriptionUpdateParams.builder().setCancelAtPeriodEnd(true).build();
        return shown(fields(orFail(() -> stripe.v1().subscriptions().update(id, parameters))));
    }

    /** Revokes a scheduled cancellation. Stripe accepts one of the two fields in a request, and the first clears both. */
    public Started resume(Shown subscription) {
        if (subscription.cancelAtPeriodEnd()) {
            var resumed = update(subscription.id(), resuming().setCancelAtPeriodEnd(false));
            if (resumed.continues()) {
                return resumed;
            }
        }
        return update(subscription.id(), resuming().setCancelAt(EmptyParam.EMPTY));
    }

    private static SubscriptionUpdateParams.Builder resuming() {
        return SubscriptionUpdateParams.builder().addExpand(INVOICE_SECRET).addExpand(SETUP_INTENT);
    }

    private Started update(String id, SubscriptionUpdateParams.Builder parameters) {
        return started(orFail(() -> stripe.v1().subscriptions().update(id, parameters.build())));
    }

    public Shown retrieve(String id) {
        return shown(fields(orFail(() -> stripe.v1().subscriptions().retrieve(id))));
    }

    /**
     * Cancels a subscription that waits for its first payment. The invoice is voided first, which Stripe rejects once it is paid or
     * its payment is processing, so that a paid subscription is never canceled.
     *
     * @return false when it was paid meanwhile, or may have been
     */
    public boolean discard(String id) {
        var parameters = SubscriptionRetrieveParams.builder().addExpand(INVOICE).build();
        var subscription = fields(orFail(() -> stripe.v1().subscriptions().retrieve(id, parameters)));
        if (ENDED.contains(subscription.text("status"))) {
            return true;
        }
        if (!INCOMPLETE.equals(subscription.text("status"))) {
            return false;
        }
        var invoice = subscription.object(INVOICE);
        boolean cannotBePaid =
                switch (Objects.requireNonNullElse(invoice.optionalText("status"), "none")) {
                    case "open" -> isVoided(invoice.text("id"));
                    case "none", "draft", "void" -> true;
                    default -> false;
                };
        if (!cannotBePaid) {
            return false;
        }
        try {
            return cancelNow(id).ended();
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid) {
                return retrieve(id).ended();
            }
            throw e;
        }
    }

    private boolean isVoided(String invoice) {
        try {
            orFail(() -> stripe.v1().invoices().voidInvoice(invoice));
            return true;
        } catch (StripeFailure e) {
            if (e.reason() instanceof Reason.Invalid) {
                return false;
            }
            throw e;
        }
    }

    /** Cancels it with immediate effect. */
    public Shown cancelNow(String id) {
        return shown(fields(orFail(() -> stripe.v1().subscriptions().cancel(id))));
    }

    private static Started started(Subscription subscription) {
        var json = fields(subscription);
        var secret = json.object(INVOICE).object("confirmation_secret").optionalText("client_secret");
        if (secret == null) {
            // a trial, or a first invoice of zero: only the card is set up
            secret = json.object(SETUP_INTENT).optionalText("client_secret");
        }
        return new Started(
                json.text("id"),
                secret == null ? null : new Secret(secret),
                !ENDED.contains(json.text("status")) && !json.flag("cancel_at_period_end") && !json.has("cancel_at"));
    }

    private static StripeFields fields(Subscription subscription) {
        return StripeJson.fields(subscription, "subscription");
    }

    /** Whether it ends or pauses with its trial unless there is a payment method by then. */
    public static boolean endsWithoutMethod(StripeFields subscription) {
        var behavior =
                subscription.object("trial_settings").object("end_behavior").optionalText("missing_payment_method");
        return "cancel".equals(behavior) || "pause".equals(behavior);
    }

    static Shown shown(StripeFields subscription) {
        return new Shown(
                subscription.text("id"),
                subscription.text("status"),
                subscription.text("currency"),
                subscription.flag("cancel_at_period_end"),
                subscription.optionalTime("cancel_at"),
                subscription.optionalTime("canceled_at"),
                subscription.optionalTime("ended_at"),
                subscription.optionalTime("trial_end"),
                subscription.time("created"),
                subscription.list("items").stream()
                        .map(StripeSubscriptions::item)
                        .toList());
    }

    private static Item item(StripeFields item) {
        var price = item.object("price");
        return new Item(
                price.text("id"),
                price.optionalId("product"),
                item.optionalNumber("quantity"),
                price.optionalNumber("unit_amount"),
                item.optionalTime("current_period_start"),
                item.optionalTime("current_period_end"));
    }
}
