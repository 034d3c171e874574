package io.growalert.billing.customer.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.growalert.billing.customer.plan.InvoiceOutcome;
import io.growalert.billing.problem.BillingProblem;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request that may have charged an invoice.
 *
 * @param status {@code action_needed} while the card's owner must confirm, with {@code clientSecret}; {@code pending} while the
 *     payment is in progress
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record InvoiceAnswer(String status, @Nullable String clientSecret) {
    /** @param settled the status when nothing remains to be paid */
    static InvoiceAnswer of(InvoiceOutcome outcome, String settled) {
        return switch (outcome) {
            case InvoiceOutcome.FullyPaid _ -> new InvoiceAnswer(settled, null);
            case InvoiceOutcome.ToAuthenticate(var _, var secret) -> new InvoiceAnswer("action_needed", secret.value());
            case InvoiceOutcome.InProgress _ -> new InvoiceAnswer("pending", null);
            case InvoiceOutcome.Refused refused -> throw CustomerAdvice.card(refused.card());
            case InvoiceOutcome.Closed _ -> throw BillingProblem.PAYMENT_CANCELED.because("the payment was canceled");
        };
    }

    @Override
    public String toString() {
        return "InvoiceAnswer[status=%s]".formatted(status);
    }
}
