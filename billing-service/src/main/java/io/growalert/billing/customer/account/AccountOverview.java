package io.growalert.billing.customer.account;

import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.customer.subscription.CustomerSubscriptions;
import io.growalert.billing.customer.subscription.Prices;
import io.growalert.billing.stripe.SavedMethod;
import io.growalert.billing.stripe.StripeCustomers;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.billing.stripe.StripeInvoices;
import io.growalert.billing.stripe.StripeInvoices.Billed;
import io.growalert.billing.stripe.StripePlans;
import io.growalert.billing.stripe.StripePlans.PendingChange;
import io.growalert.billing.stripe.StripePlans.PlanPricing;
import io.growalert.billing.stripe.StripePlans.Subscribed;
import io.growalert.runtime.entitlement.EntitlementSettings;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** A customer's account as it is at Stripe now: events may be behind what the customer just did. */
@Component
public final class AccountOverview {
    private final StripeCustomers customers;
    private final StripePlans plans;
    private final StripeInvoices invoices;
    private final Prices prices;
    private final boolean portal;
    private final @Nullable Long pauseGraceSeconds;

    AccountOverview(
            StripeCustomers customers,
            StripePlans plans,
            StripeInvoices invoices,
            Prices prices,
            CustomerSettings settings,
            EntitlementSettings entitlements) {
        this.customers = customers;
        this.plans = plans;
        this.invoices = invoices;
        this.prices = prices;
        portal = settings.portal();
        pauseGraceSeconds = entitlements.enforce() ? entitlements.grace().toSeconds() : null;
    }

    /**
     * The account.
     *
     * @param subscription the one that runs, or else the newest; null: none
     * @param nextInvoice null: none will come
     * @param prices as of {@code /config}
     * @param openInvoice to be paid; null: none
     * @param portal whether there are sessions of Stripe's Customer Portal
     * @param pauseGraceSeconds from the end of the subscription to the pause of its monitors; null: they are not paused
     */
    public record AccountView(
            AccountHolder customer,
            @Nullable AccountPlan subscription,
            @Nullable NextInvoice nextInvoice,
            List<JsonNode> prices,
            @Nullable SavedMethod paymentMethod,
            @Nullable OpenInvoice openInvoice,
            boolean portal,
            @Nullable Long pauseGraceSeconds) {
        public AccountView {
            prices = List.copyOf(prices);
        }

        @Override
        public String toString() {
            return "AccountView[customer=%s]".formatted(customer);
        }
    }

    /** @param email personal data, like {@code name} */
    public record AccountHolder(
            String id, @Nullable String email, @Nullable String name) {
        @Override
        public String toString() {
            return "AccountHolder[id=%s]".formatted(id);
        }
    }

    /** @param cancelAt when it ends, as far as that is scheduled; null: it continues */
    public record AccountPlan(
            String id,
            String status,
            AccountPrice price,
            @Nullable Instant trialEnd,
            @Nullable Instant currentPeriodEnd,
            @Nullable Instant cancelAt,
            @Nullable Instant endedAt,
            @Nullable PendingChange pendingChange) {}

    /** @param amount of a period, in the currency's smallest unit */
    public record AccountPrice(
            String id,
            @Nullable String lookupKey,
            String name,
            long amount,
            String currency,
            @Nullable String interval) {}

    public record NextInvoice(
            long amount, String currency, @Nullable Instant at) {}

    /** @param amount that remains to be paid, in the currency's smallest unit */
    public record OpenInvoice(
            String id,
            @Nullable String number,
            long amount,
            String currency,
            @Nullable String hostedUrl) {
        static OpenInvoice of(Billed invoice) {
            return new OpenInvoice(
                    invoice.id(), invoice.number(), invoice.amountRemaining(), invoice.currency(), invoice.hostedUrl());
        }

        @Override
        public String toString() {
            return "OpenInvoice[id=%s]".formatted(id);
        }
    }

    public AccountView of(String customer) {
        var profile = customers.profile(customer).orElseThrow(Sessions::customerDeleted);
        var all = plans.of(customer);
        var subscribed = mostImportant(all);
        var method = subscribed.map(Subscribed::method).orElse(profile.method());
        return new AccountView(
                new AccountHolder(profile.id(), profile.email(), profile.name()),
                subscribed.map(this::plan).orElse(null),
                subscribed.flatMap(each -> next(each, method)).orElse(null),
                prices.offered().stream()
                        .map(price -> StripeFields.parse(price.json()))
                        .toList(),
                method,
                toBePaid(customer, all, invoices).stream()
                        .findFirst()
                        .map(OpenInvoice::of)
                        .orElse(null),
                portal,
                pauseGraceSeconds);
    }

    private static Optional<Subscribed> mostImportant(List<Subscribed> all) {
        return CustomerSubscriptions.mostImportant(
                        all.stream().map(Subscribed::subscription).toList())
                .flatMap(shown -> all.stream()
                        .filter(each -> each.id().equals(shown.id()))
                        .findFirst());
    }

    /** Open invoices, except those of a first payment or of a change that can simply be given up. */
    static List<Billed> toBePaid(String customer, List<Subscribed> all, StripeInvoices invoices) {
        return invoices.open(customer).stream()
                .filter(invoice -> all.stream().noneMatch(each -> isGivenUp(each, invoice)))
                .toList();
    }

    private static boolean isGivenUp(Subscribed subscribed, Billed invoice) {
        boolean isFirst = subscribed.id().equals(invoice.subscription())
                && subscribed.subscription().status().equals("incomplete");
        return isFirst || (subscribed.pending() != null && invoice.id().equals(subscribed.latestInvoice()));
    }

    private AccountPlan plan(Subscribed subscribed) {
        var shown = subscribed.subscription();
        var pricing = subscribed.pricing();
        return new AccountPlan(
                shown.id(),
                shown.status(),
                new AccountPrice(
                        pricing.id(),
                        pricing.lookupKey(),
                        name(pricing),
                        pricing.amount(),
                        pricing.currency(),
                        pricing.interval()),
                shown.trialEnd(),
                subscribed.periodEnd(),
                shown.ended() ? null : subscribed.endsAt(),
                shown.endedAt(),
                subscribed.pending());
    }

    /** The product's name; of an old price, which is not on offer, it is read from Stripe. */
    private String name(PlanPricing pricing) {
        return prices.offered().stream()
                .filter(price -> price.id().equals(pricing.id()))
                .map(price -> StripeFields.parse(price.json())
                        .path("product")
                        .path("name")
                        .asString(""))
                .filter(name -> !name.isEmpty())
                .findFirst()
                .orElseGet(() -> pricing.product() == null ? pricing.id() : plans.nameOf(pricing.product()));
    }

    private Optional<NextInvoice> next(Subscribed subscribed, @Nullable SavedMethod method) {
        var shown = subscribed.subscription();
        if (!shown.runs() || shown.status().equals("paused")) {
            return Optional.empty();
        }
        if (subscribed.isTrial() && method == null && subscribed.endsWithoutMethod()) {
            return Optional.empty();
        }
        var at = subscribed.isTrial() ? shown.trialEnd() : subscribed.periodEnd();
        var endsAt = subscribed.endsAt();
        if (endsAt != null && (at == null || !endsAt.isAfter(at))) {
            return Optional.empty();
        }
        return plans.next(subscribed).map(next -> new NextInvoice(next.amountDue(), next.currency(), at));
    }
}
