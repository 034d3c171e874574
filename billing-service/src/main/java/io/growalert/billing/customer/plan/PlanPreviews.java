package io.growalert.billing.customer.plan;

import io.growalert.billing.customer.plan.ShownCosts.PlannedChange;
import io.growalert.billing.customer.plan.ShownCosts.ShownCost;
import io.growalert.billing.customer.subscription.CustomerSubscriptions;
import io.growalert.billing.customer.subscription.Prices;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.PreviewedInvoice;
import io.growalert.billing.stripe.PreviewedInvoice.PreviewedLine;
import io.growalert.billing.stripe.StripeFields;
import io.growalert.billing.stripe.StripePlans;
import io.growalert.billing.stripe.StripePlans.Subscribed;
import io.growalert.billing.stripe.StripePrices.Price;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/** What another plan would cost, as customers are shown it. */
@Component
public final class PlanPreviews {
    /** How long a customer may look at a preview before it is too old. */
    private static final Duration VALID = Duration.ofMinutes(15);

    private static final Set<String> UNPAID = Set.of("past_due", "unpaid");
    private static final Set<String> CHANGEABLE = Set.of("active", "trialing");

    private final StripePlans plans;
    private final Prices prices;
    private final ShownCosts shown;
    private final InstantSource clock;

    PlanPreviews(StripePlans plans, Prices prices, ShownCosts shown, InstantSource clock) {
        this.plans = plans;
        this.prices = prices;
        this.shown = shown;
        this.clock = clock;
    }

    /**
     * A preview for its customer. Amounts are in the currency's smallest unit.
     *
     * @param prorationDate the second from which on the new plan counts, since 1970
     * @param amountDue charged at once
     * @param credit of the customer after the change, which pays for the next invoices
     * @param nextAmount of the next invoice, less the credit; null: it has discounts or taxes, and is not known
     */
    public record PlanPreview(
            String priceId,
            long prorationDate,
            long amountDue,
            String currency,
            List<PreviewedLine> lines,
            long credit,
            @Nullable Long nextAmount,
            @Nullable Instant nextAt) {
        public PlanPreview {
            lines = List.copyOf(lines);
        }
    }

    /** Previews the change of the customer's subscription to another price, and stores what it costs. */
    public PlanPreview preview(String customer, String price) {
        var offered = offered(price);
        var subscribed = changeable(customer);
        requireOther(subscribed, offered);
        var at = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        var cost = cost(subscribed, price, at);
        shown.store(
                new PlannedChange(customer, subscribed, price, at), new ShownCost(cost.currency(), cost.amountDue()));
        long quantity = Optional.ofNullable(
                        subscribed.subscription().items().getFirst().quantity())
                .orElse(1L);
        long amount = offered.number("unit_amount") * quantity;
        var first = subscribed.isTrial() ? plans.afterTrial(subscribed, price) : Optional.<PreviewedInvoice>empty();
        long credit = first.map(PreviewedInvoice::creditBefore).orElse(cost.credit());
        long next = first.map(PreviewedInvoice::amountDue).orElse(Math.max(0, amount + credit));
        return new PlanPreview(
                price,
                at.getEpochSecond(),
                cost.amountDue(),
                cost.currency(),
                cost.lines(),
                -credit,
                first.orElse(cost).adjusted() ? null : Long.valueOf(next),
                subscribed.isTrial() ? subscribed.subscription().trialEnd() : cost.periodEnd());
    }

    private StripeFields offered(String price) {
        var offered = prices.offers(price)
                ? prices.offered().stream()
                        .filter(each -> each.id().equals(price))
                        .findFirst()
                : Optional.<Price>empty();
        return offered.map(each -> new StripeFields(StripeFields.parse(each.json()), "price"))
                .orElseThrow(PlanPreviews::unknownPrice);
    }

    private static ErrorResponseException unknownPrice() {
        return BillingProblem.UNKNOWN_PRICE.in(
                "priceId", "priceId: expected one of the prices that are offered, in the subscription's currency");
    }

    /**
     * The customer's subscription that runs, as it is at Stripe.
     *
     * @throws ErrorResponseException {@link BillingProblem#NO_SUBSCRIPTION}; {@link BillingProblem#OPEN_INVOICE} while it is unpaid
     */
    Subscribed changeable(String customer) {
        var running = plans.of(customer).stream()
                .filter(each -> each.subscription().runs())
                .findFirst()
                .orElseThrow(CustomerSubscriptions::none);
        if (UNPAID.contains(running.subscription().status())) {
            throw BillingProblem.OPEN_INVOICE.because("the subscription's open invoice must be paid first");
        }
        if (!CHANGEABLE.contains(running.subscription().status())) {
            throw CustomerSubscriptions.none();
        }
        return running;
    }

    private static void requireOther(Subscribed subscribed, StripeFields price) {
        if (subscribed.price().equals(price.text("id"))) {
            throw samePrice();
        }
        if (!subscribed.pricing().currency().equals(price.text("currency"))) {
            throw unknownPrice();
        }
    }

    static ErrorResponseException samePrice() {
        return BillingProblem.SAME_PRICE.because("the subscription has this price");
    }

    /** A trial continues, and its next invoice has the new price: the change makes no invoice. */
    private PreviewedInvoice cost(Subscribed subscribed, String price, Instant at) {
        return subscribed.isTrial()
                ? new PreviewedInvoice(0, subscribed.pricing().currency(), List.of(), 0, 0, null, false)
                : plans.preview(subscribed, price, at);
    }

    /**
     * Requires that the change costs what the customer was shown.
     *
     * @throws ErrorResponseException {@link BillingProblem#AMOUNT_CHANGED}
     */
    void requireAsShown(String customer, Subscribed subscribed, String price, Instant at) {
        var before = shown.find(new PlannedChange(customer, subscribed, price, at));
        if (before.isEmpty() || clock.instant().isAfter(at.plus(VALID))) {
            throw BillingProblem.AMOUNT_CHANGED.because(
                    "expected a prorationDate of a preview of the last 15 minutes, since which the plan did not change");
        }
        var now = cost(subscribed, price, at);
        if (now.amountDue() != before.get().amount()
                || !now.currency().equals(before.get().currency())) {
            throw ChangeCharges.amountChanged(now.amountDue(), now.currency());
        }
    }
}
