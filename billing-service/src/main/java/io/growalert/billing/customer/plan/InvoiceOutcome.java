package io.growalert.billing.customer.plan;

import io.growalert.billing.stripe.StripeFailure.Reason;
import io.growalert.definitions.Secret;

/** The outcome of an invoice's payment. */
public sealed interface InvoiceOutcome {
    /** The id of the invoice; of the subscription when nothing was to be paid. */
    String invoice();

    /** Paid, or nothing was to be paid. */
    record FullyPaid(String invoice) implements InvoiceOutcome {}

    /** The card's bank requires its owner's confirmation. */
    record ToAuthenticate(String invoice, Secret clientSecret) implements InvoiceOutcome {}

    record InProgress(String invoice) implements InvoiceOutcome {}

    record Refused(String invoice, Reason.Card card) implements InvoiceOutcome {}

    /** Voided or written off: it will not be paid. */
    record Closed(String invoice) implements InvoiceOutcome {}
}
