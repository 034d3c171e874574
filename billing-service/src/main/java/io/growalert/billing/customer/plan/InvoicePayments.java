package io.growalert.billing.customer.plan;

import io.growalert.billing.customer.idempotency.IdempotentRequests;
import io.growalert.billing.customer.idempotency.RequestKey;
import io.growalert.billing.customer.idempotency.RequestState.Answered;
import io.growalert.billing.customer.idempotency.RequestState.Failed;
import io.growalert.billing.customer.idempotency.RequestState.Held;
import io.growalert.billing.customer.limit.AttemptLimit;
import io.growalert.billing.customer.plan.InvoiceOutcome.Closed;
import io.growalert.billing.customer.plan.InvoiceOutcome.FullyPaid;
import io.growalert.billing.customer.plan.InvoiceOutcome.InProgress;
import io.growalert.billing.customer.plan.InvoiceOutcome.Refused;
import io.growalert.billing.customer.plan.InvoiceOutcome.ToAuthenticate;
import io.growalert.billing.customer.subscription.CustomerSubscriptions;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.billing.stripe.StripeInvoices;
import io.growalert.billing.stripe.StripeInvoices.Billed;
import io.growalert.billing.stripe.StripePayments;
import io.growalert.billing.stripe.StripePlans;
import io.growalert.billing.stripe.StripePlans.Subscribed;
import io.growalert.billing.stripe.StripeSubscriptions.Shown;
import io.growalert.runtime.http.CommonProblem;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/** Payments of open invoices. Stripe charges an invoice at most once, however often it is paid. */
@Component
public final class InvoicePayments {
    private static final Reason.Card UNKNOWN_REASON = new Reason.Card("card_declined", null, "The card was refused.");

    private final IdempotentRequests requests;
    private final StripeInvoices invoices;
    private final StripePayments payments;
    private final StripePlans plans;

    InvoicePayments(IdempotentRequests requests, StripeInvoices invoices, StripePayments payments, StripePlans plans) {
        this.requests = requests;
        this.plans = plans;
        this.invoices = invoices;
        this.payments = payments;
    }

    /**
     * Pays an open invoice of the customer by the customer's payment method, or returns the outcome of the same request before.
     *
     * @throws ErrorResponseException {@link CommonProblem#NOT_FOUND} when it is not the customer's;
     *     {@link BillingProblem#INVOICE_NOT_OPEN}
     * @throws StripeFailure the outcome is unknown; the request can be sent again
     */
    public InvoiceOutcome pay(RequestKey key, String invoice, AttemptLimit limit) {
        return switch (requests.begin(key)) {
            case Held held -> pay(held, key.customer(), invoice, limit);
            case Answered answered -> {
                var outcome = outcome(answered);
                yield key.derived() && outcome instanceof Refused
                        ? pay(answered.restart(), key.customer(), invoice, limit)
                        : outcome;
            }
        };
    }

    private InvoiceOutcome pay(Held request, String customer, String invoice, AttemptLimit limit) {
        return new ChargedRequest(request, limit).run(current -> {
            var own = own(customer, invoice);
            if (own.isPaid()) {
                return new FullyPaid(invoice);
            }
            if (!own.isOpen()) {
                throw BillingProblem.INVOICE_NOT_OPEN.because("the invoice is " + own.status());
            }
            // the invoice may still have the one that was declined
            var plan = own.subscription() == null ? plan(customer) : Optional.of(own.subscription());
            var method = plan.flatMap(plans::methodOf).orElse(null);
            var paying = current.created(invoice);
            try {
                invoices.pay(invoice, method, paying.atStripe());
            } catch (StripeFailure e) {
                // the payment has the reason
                if (!(e.reason() instanceof Reason.Card) && !(e.reason() instanceof Reason.Invalid)) {
                    throw e;
                }
            }
            return outcome(invoices.retrieve(invoice));
        });
    }

    /** The subscription whose payment method the account shows; it pays invoices without a subscription, too. */
    private Optional<String> plan(String customer) {
        var all = plans.of(customer).stream().map(Subscribed::subscription).toList();
        return CustomerSubscriptions.mostImportant(all).map(Shown::id);
    }

    private Billed own(String customer, String invoice) {
        return invoices.find(invoice)
                .filter(found -> customer.equals(found.customer()))
                .orElseThrow(() -> CommonProblem.NOT_FOUND.because("this customer has no such invoice"));
    }

    /** The outcome of an earlier request, as it is now. A declined one whose invoice was voided remains declined. */
    InvoiceOutcome outcome(Answered answered) {
        var object = answered.object();
        if (!object.startsWith("in_")) {
            return new FullyPaid(object);
        }
        var outcome = outcome(invoices.retrieve(object));
        return outcome instanceof Closed && answered instanceof Failed ? new Refused(object, UNKNOWN_REASON) : outcome;
    }

    /** @param invoice with its client secret */
    InvoiceOutcome outcome(Billed invoice) {
        if (invoice.isPaid()) {
            return new FullyPaid(invoice.id());
        }
        if (!invoice.isOpen()) {
            return invoice.status().equals("draft") ? new InProgress(invoice.id()) : new Closed(invoice.id());
        }
        var id = invoice.payment();
        if (id == null) {
            return new InProgress(invoice.id());
        }
        var payment = payments.retrieve(id);
        return switch (payment.status()) {
            case SUCCEEDED -> new FullyPaid(invoice.id());
            case REQUIRES_ACTION ->
                new ToAuthenticate(invoice.id(), Objects.requireNonNull(invoice.clientSecret(), "a client secret"));
            case REQUIRES_PAYMENT_METHOD, CANCELED ->
                new Refused(invoice.id(), Objects.requireNonNullElse(payment.refused(), UNKNOWN_REASON));
            case REQUIRES_CAPTURE, REQUIRES_CONFIRMATION, PROCESSING, UNKNOWN -> new InProgress(invoice.id());
        };
    }
}
