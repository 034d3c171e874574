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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Subscriptions to what is offered. */
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
     * @param clientSecret of what has to be confirmed; null when nothing has to be
     * @param goesOn whether it neither has ended nor is scheduled to
     */
    public record Started(String id, @Nullable Secret clientSecret, boolean goesOn) {}

    /** A subscription as it is shown. */
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

        /** Whether it may be charged without anybody confirming a payment: neither ended nor waiting for its first payment. */
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
     * Creates a subscription that is charged once its first invoice is confirmed in the browser. A trial without a card ends by
     * cancellation: nobody is billed who never gave a way to pay.
     */
    public Started create(String customer, String price, int trialDays, StripeRequest request) {
        var parameters = SubscriptionCreateParams.builder()
                .setCustomer(customer)
                .addItem(SubscriptionCreateParams.Item.builder().setPrice(price).build())
                .setPaymentBehavior(SubscriptionCreateParams.PaymentBehavior.DEFAULT_INCOMPLETE)
                .setPaymentSettings(SubscriptionCreateParams.PaymentSettings.builder()
                        .addAllPaymentMethodType(PaymentMethods.TYPES.stream()
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

    /** All of a customer's, the newest first. */
    public List<Shown> shown(String customer) {
        var parameters = SubscriptionListParams.builder()
                .setCustomer(customer)
                .setStatus(SubscriptionListParams.Status.ALL)
                .setLimit(100L)
                .build();
        return orFail(() -> stripe.v1().subscriptions().list(parameters)).getData().stream()
                .map(subscription -> shown(Tree.of(subscription.toJson())))
                .toList();
    }

    /** No further period begins. */
    public Shown cancelAtPeriodEnd(String id) {
        var parameters =
                SubscriptionUpdateParams.builder().setCancelAtPeriodEnd(true).build();
        return shown(Tree.of(orFail(() -> stripe.v1().subscriptions().update(id, parameters))));
    }

    /** Takes back a scheduled cancellation. Stripe accepts one of the two fields in a request, and the first clears both. */
    public Started resume(Shown subscription) {
        if (subscription.cancelAtPeriodEnd()) {
            var resumed = update(subscription.id(), resuming().setCancelAtPeriodEnd(false));
            if (resumed.goesOn()) {
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
        return shown(Tree.of(orFail(() -> stripe.v1().subscriptions().retrieve(id))));
    }

    /**
     * Ends a subscription that waits for its first payment. The invoice is voided first, which Stripe refuses once it is paid or
     * its payment is processing, so that a paid subscription is never ended.
     *
     * @return false when it was paid meanwhile, or may have been
     */
    public boolean discard(String id) {
        var parameters = SubscriptionRetrieveParams.builder().addExpand(INVOICE).build();
        var json = Tree.of(orFail(() -> stripe.v1().subscriptions().retrieve(id, parameters)));
        if (ENDED.contains(Tree.required(json, "status"))) {
            return true;
        }
        if (!INCOMPLETE.equals(Tree.required(json, "status"))) {
            return false;
        }
        var invoice = json.path(INVOICE);
        boolean cannotBePaid =
                switch (Objects.requireNonNullElse(Tree.text(invoice, "status"), "none")) {
                    case "open" -> isVoided(Tree.required(invoice, "id"));
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

    /** It ends at once. */
    public Shown cancelNow(String id) {
        return shown(Tree.of(orFail(() -> stripe.v1().subscriptions().cancel(id))));
    }

    private static Started started(Subscription subscription) {
        var json = Tree.of(subscription);
        var secret = Tree.text(json, "latest_invoice", "confirmation_secret", "client_secret");
        if (secret == null) {
            // a trial, or a first invoice of nothing: only the card is to be set up
            secret = Tree.text(json, SETUP_INTENT, "client_secret");
        }
        return new Started(
                Tree.required(json, "id"),
                secret == null ? null : new Secret(secret),
                !ENDED.contains(Tree.required(json, "status"))
                        && !json.path("cancel_at_period_end").asBoolean(false)
                        && instant(json, "cancel_at") == null);
    }

    private static Shown shown(JsonNode json) {
        var items = new ArrayList<Item>();
        for (var item : json.path("items").path("data")) {
            var price = item.path("price");
            items.add(new Item(
                    Tree.required(price, "id"),
                    price.path("product").isObject() ? Tree.text(price, "product", "id") : Tree.text(price, "product"),
                    number(item, "quantity"),
                    number(price, "unit_amount"),
                    instant(item, "current_period_start"),
                    instant(item, "current_period_end")));
        }
        return new Shown(
                Tree.required(json, "id"),
                Tree.required(json, "status"),
                Tree.required(json, "currency"),
                json.path("cancel_at_period_end").asBoolean(false),
                instant(json, "cancel_at"),
                instant(json, "canceled_at"),
                instant(json, "ended_at"),
                instant(json, "trial_end"),
                Instant.ofEpochSecond(json.path("created").asLong()),
                items);
    }

    private static @Nullable Long number(JsonNode object, String name) {
        var node = object.path(name);
        return node.isIntegralNumber() ? (Long) node.longValue() : null;
    }

    private static @Nullable Instant instant(JsonNode object, String name) {
        var seconds = number(object, name);
        return seconds == null ? null : Instant.ofEpochSecond(seconds);
    }
}
