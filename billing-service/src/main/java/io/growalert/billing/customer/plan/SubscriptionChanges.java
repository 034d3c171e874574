package io.growalert.billing.customer.plan;

import io.growalert.billing.customer.idempotency.CustomerLock;
import io.growalert.billing.customer.idempotency.IdempotentRequests;
import io.growalert.billing.customer.idempotency.RequestKey;
import io.growalert.billing.customer.idempotency.RequestState.Answered;
import io.growalert.billing.customer.idempotency.RequestState.Held;
import io.growalert.billing.customer.limit.AttemptLimit;
import io.growalert.billing.customer.plan.InvoiceOutcome.Closed;
import io.growalert.billing.customer.plan.InvoiceOutcome.FullyPaid;
import io.growalert.billing.customer.plan.InvoiceOutcome.InProgress;
import io.growalert.billing.customer.plan.InvoiceOutcome.Refused;
import io.growalert.billing.customer.plan.InvoiceOutcome.ToAuthenticate;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeInvoices;
import io.growalert.billing.stripe.StripeInvoices.Billed;
import io.growalert.billing.stripe.StripePlans;
import io.growalert.billing.stripe.StripePlans.Subscribed;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/**
 * Changes plans, one change of a customer at a time. Stripe charges the difference at once, and applies the new plan only when that is
 * paid; a declined change is discarded. After an unknown outcome the subscription is read first.
 */
@Component
public final class SubscriptionChanges {
    private final IdempotentRequests requests;
    private final CustomerLock lock;
    private final PlanPreviews previews;
    private final ShownCosts shown;
    private final InvoicePayments payments;
    private final StripePlans plans;
    private final StripeInvoices invoices;
    private final ChangeCharges charges;

    SubscriptionChanges(
            IdempotentRequests requests,
            CustomerLock lock,
            PlanPreviews previews,
            ShownCosts shown,
            InvoicePayments payments,
            StripePlans plans,
            StripeInvoices invoices,
            ChangeCharges charges) {
        this.requests = requests;
        this.lock = lock;
        this.previews = previews;
        this.shown = shown;
        this.payments = payments;
        this.plans = plans;
        this.invoices = invoices;
        this.charges = charges;
    }

    /**
     * Changes the plan as previewed, or returns the outcome of the same request before.
     *
     * @param at the preview's time
     * @param limit of failed payments, before a card is tried
     * @throws ErrorResponseException {@link BillingProblem#AMOUNT_CHANGED} when it costs another amount than previewed;
     *     {@link BillingProblem#CHANGE_IN_PROGRESS} while another change of the customer is in progress
     * @throws StripeFailure the outcome is unknown; the request can be sent again
     */
    public InvoiceOutcome change(RequestKey key, String price, Instant at, AttemptLimit limit) {
        return switch (requests.begin(key)) {
            case Held held -> change(held, key.customer(), price, at, limit);
            case Answered answered -> {
                var outcome = payments.outcome(answered);
                boolean failed = outcome instanceof Refused || outcome instanceof Closed;
                // a change back and forth within a second has the same time, but another preview
                boolean isShownAgain = shown.latest(key.customer(), price, at).isPresent();
                yield key.derived() && (failed || isShownAgain)
                        ? change(answered.restart(), key.customer(), price, at, limit)
                        : withoutRemains(outcome);
            }
        };
    }

    private InvoiceOutcome change(Held request, String customer, String price, Instant at, AttemptLimit limit) {
        var charged = new ChargedRequest(request, limit);
        Held locked;
        try {
            locked = lock.take(customer);
        } catch (ErrorResponseException e) {
            charged.forgetUnlessResumed();
            throw e;
        }
        try {
            return charged.run(current -> {
                var outcome = new Change(current, locked, customer, price, at).run();
                if (!(outcome instanceof Refused) && !(outcome instanceof Closed)) {
                    shown.forget(customer);
                }
                return outcome;
            });
        } finally {
            locked.forget();
        }
    }

    /** A declined change must not be paid later, beside the next attempt. The invoice may have been paid meanwhile. */
    private InvoiceOutcome withoutRemains(InvoiceOutcome outcome) {
        return switch (outcome) {
            case FullyPaid _, ToAuthenticate _, InProgress _, Closed _ -> outcome;
            case Refused refused ->
                invoices.discard(refused.invoice()) ? refused : payments.outcome(invoices.retrieve(refused.invoice()));
        };
    }

    /** One change, under the customer's lock. Each step at Stripe renews the lock first: an expired one ends the change. */
    private final class Change {
        private final Held request;
        private final Held locked;
        private final String customer;
        private final String price;
        private final Instant at;

        private Change(Held request, Held locked, String customer, String price, Instant at) {
            this.request = request;
            this.locked = locked;
            this.customer = customer;
            this.price = price;
            this.at = at;
        }

        private InvoiceOutcome run() {
            var stored = request.object();
            if (stored != null) {
                renew();
                return withoutRemains(payments.outcome(invoices.retrieve(stored)));
            }
            var subscribed = previews.changeable(customer);
            if (subscribed.price().equals(price)) {
                if (!request.resumed()) {
                    throw PlanPreviews.samePrice();
                }
                // the earlier holder of this request changed it
                var invoice = subscribed.latestInvoice();
                if (invoice != null) {
                    renew();
                    // it may be of another change, such as an operator's at Stripe, or of a renewal
                    Optional.of(invoices.retrieve(invoice))
                            .filter(latest -> latest.isOfChange(at))
                            .ifPresent(this::requireAsShown);
                }
                return new FullyPaid(Objects.requireNonNullElse(invoice, subscribed.id()));
            }
            var pending = subscribed.pending();
            if (pending != null) {
                var invoice = Objects.requireNonNull(subscribed.latestInvoice(), "an invoice of a pending change");
                if (request.resumed() && pending.priceId().equals(price)) {
                    var made = invoices.retrieve(invoice);
                    renew();
                    requireAsShown(made);
                    return settled(made);
                }
                // a change that would be refused leaves the earlier one
                previews.requireAsShown(customer, subscribed, price, at);
                discardEarlier(invoice);
            }
            return changed(subscribed);
        }

        private void requireAsShown(Billed invoice) {
            shown.latest(customer, price, at)
                    .filter(_ -> invoice.isOfChange())
                    .ifPresent(cost -> charges.requireAsShown(customer, invoice, cost, request.atStripe()));
        }

        /** A change that still waits for its payment, such as for the bank's confirmation, is replaced by this one. */
        private void discardEarlier(String invoice) {
            renew();
            if (!invoices.discard(invoice)) {
                throw BillingProblem.CHANGE_IN_PROGRESS.retryAfter(
                        Duration.ofSeconds(5), "an earlier change of the plan is being paid");
            }
        }

        private InvoiceOutcome changed(Subscribed before) {
            previews.requireAsShown(customer, before, price, at);
            renew();
            var change = plans.change(before, price, at, request.atStripe());
            if (request.resumed() && !isInEffect(previews.changeable(customer))) {
                // Stripe repeated its answer to an attempt that was discarded since
                change = plans.change(before, price, at, request.withNewKeys().atStripe());
            }
            var invoice = change.invoice();
            if (invoice == null || invoice.id().equals(before.latestInvoice())) {
                return withoutInvoice(change.subscribed());
            }
            renew();
            requireAsShown(invoice);
            return isApplied(change.subscribed()) ? new FullyPaid(invoice.id()) : settled(invoice);
        }

        /** Nothing was to be paid. */
        private InvoiceOutcome withoutInvoice(Subscribed after) {
            if (!isApplied(after)) {
                throw StripeFailure.undecided();
            }
            return new FullyPaid(after.id());
        }

        private boolean isApplied(Subscribed subscribed) {
            return subscribed.pending() == null && subscribed.price().equals(price);
        }

        private boolean isInEffect(Subscribed subscribed) {
            var pending = subscribed.pending();
            return subscribed.price().equals(price)
                    || (pending != null && pending.priceId().equals(price));
        }

        private InvoiceOutcome settled(Billed invoice) {
            var _ = request.created(invoice.id());
            var outcome = payments.outcome(invoice);
            renew();
            return withoutRemains(outcome);
        }

        private void renew() {
            var _ = locked.renew();
            var _ = request.renew();
        }
    }
}
