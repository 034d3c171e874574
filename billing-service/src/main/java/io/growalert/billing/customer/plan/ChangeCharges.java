package io.growalert.billing.customer.plan;

import io.growalert.billing.customer.plan.ShownCosts.ShownCost;
import io.growalert.billing.problem.BillingProblem;
import io.growalert.billing.stripe.StripeFailure;
import io.growalert.billing.stripe.StripeInvoices;
import io.growalert.billing.stripe.StripeInvoices.Billed;
import io.growalert.billing.stripe.StripeRefunds;
import io.growalert.billing.stripe.StripeRefunds.Made;
import io.growalert.billing.stripe.StripeRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;

/**
 * The invoices of plan changes, each of the amount that the customer was shown. Stripe has no condition for the amount: a balance or a
 * coupon that changes between the last preview and the change makes another one.
 */
@Component
final class ChangeCharges {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeCharges.class);

    private final StripeInvoices invoices;
    private final StripeRefunds refunds;

    ChangeCharges(StripeInvoices invoices, StripeRefunds refunds) {
        this.invoices = invoices;
        this.refunds = refunds;
    }

    /**
     * Voids an unpaid invoice of another amount than shown, which discards the change; of a paid one what exceeds the shown amount is
     * refunded, once. Can be repeated.
     *
     * @param request the change, whose generation counts failures at Stripe
     * @throws ErrorResponseException {@link BillingProblem#AMOUNT_CHANGED} when the change is discarded
     * @throws StripeFailure when it is not known to be refunded
     */
    void requireAsShown(String customer, Billed invoice, ShownCost shown, StripeRequest request) {
        if (invoice.amountDue() == shown.amount()) {
            return;
        }
        if (invoice.isOpen() && invoices.discard(invoice.id())) {
            log(Level.WARN, customer, invoice, shown, "Plan change discarded: another amount than previewed");
            throw amountChanged(invoice.amountDue(), invoice.currency());
        }
        long excess = invoice.amountDue() - shown.amount();
        if (excess < 0) {
            log(Level.WARN, customer, invoice, shown, "Plan change charged less than previewed");
            return;
        }
        // before the first call: if none succeeds, and the client does not retry, an operator must refund it
        log(Level.ERROR, customer, invoice, shown, "Plan change charged more than previewed; refunding the difference");
        var payment = invoices.paidBy(invoice.id());
        if (payment.isEmpty()) {
            log(Level.ERROR, customer, invoice, shown, "Plan change has no payment to refund; refund the difference");
            return;
        }
        var refund = refunded(payment.get(), excess, new StripeRequest(invoice.id(), request.generation()));
        LOG.atInfo()
                .addKeyValue("customerId", customer)
                .addKeyValue("invoiceId", invoice.id())
                .addKeyValue("refund", refund.id())
                .addKeyValue("amount", excess)
                .log("Difference of a plan change refunded");
    }

    /** With the keys of before, Stripe would repeat a failure of its own for a day; with new ones, it would refund twice. */
    private Made refunded(String payment, long excess, StripeRequest request) {
        return refunds.find(payment, request).orElseGet(() -> refunds.create(payment, excess, request));
    }

    /** The change costs this amount, which is not what the customer was shown. */
    static ErrorResponseException amountChanged(long amount, String currency) {
        var changed = BillingProblem.AMOUNT_CHANGED.because("the change costs another amount than shown");
        changed.getBody().setProperty("amount", amount);
        changed.getBody().setProperty("currency", currency);
        return changed;
    }

    private static void log(Level level, String customer, Billed invoice, ShownCost shown, String message) {
        LOG.atLevel(level)
                .addKeyValue("customerId", customer)
                .addKeyValue("invoiceId", invoice.id())
                .addKeyValue("expected", shown.amount())
                .addKeyValue("amount", invoice.amountDue())
                .log(message);
    }
}
