package io.growalert.billing.problem;

import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.ProblemCode;
import org.springframework.http.HttpStatus;

/**
 * The problem codes of billing's endpoints beside {@link CommonProblem}. Instead of {@link #CARD_ERROR} the response mostly has
 * Stripe's code, such as {@code card_declined}.
 */
public enum BillingProblem implements ProblemCode {
    SESSION_MISSING(HttpStatus.UNAUTHORIZED),
    SESSION_INVALID(HttpStatus.UNAUTHORIZED),
    /** The cookie is valid but expired; the session can be renewed. */
    SESSION_EXPIRED(HttpStatus.UNAUTHORIZED),
    /** No renewal is needed. */
    SESSION_NOT_EXPIRED(HttpStatus.CONFLICT),
    /** A sign-in link is unknown, used or expired. */
    LINK_INVALID(HttpStatus.BAD_REQUEST),

    /** A browser sent the request from a page of another site. */
    ORIGIN_REFUSED(HttpStatus.FORBIDDEN),
    /** The price is not offered; {@code field} is {@code priceId}. */
    UNKNOWN_PRICE(HttpStatus.BAD_REQUEST),
    /** The token or payment method is unknown, used, or another customer's; {@code field} is {@code token}. */
    TOKEN_REFUSED(HttpStatus.BAD_REQUEST),

    /** The address belongs to a customer, who must sign in by mail instead. */
    SIGN_IN_NEEDED(HttpStatus.CONFLICT),
    /** The customer has a running subscription, {@code subscription}. */
    HAS_SUBSCRIPTION(HttpStatus.CONFLICT),
    /** The order or change costs {@code amount} in {@code currency}, which is not what the customer was shown. */
    AMOUNT_CHANGED(HttpStatus.CONFLICT),

    /** The subscription has ended, or was never paid: it cannot be resumed. */
    SUBSCRIPTION_ENDED(HttpStatus.CONFLICT),
    /** The subscription has this price. */
    SAME_PRICE(HttpStatus.CONFLICT),
    /** Another change of the same customer is in progress. */
    CHANGE_IN_PROGRESS(HttpStatus.CONFLICT),
    /** {@code invoices} must be paid first. */
    OPEN_INVOICE(HttpStatus.CONFLICT),
    /** {@code orders} must be paid and shipped first. */
    OPEN_ORDER(HttpStatus.CONFLICT),
    /** The invoice is a draft, or was voided or written off. */
    INVOICE_NOT_OPEN(HttpStatus.CONFLICT),
    /** The setup of the payment method did not succeed. */
    SETUP_INCOMPLETE(HttpStatus.CONFLICT),
    /** The order is shipped, refunded, canceled or not paid, so it cannot be changed like this. */
    ORDER_CLOSED(HttpStatus.CONFLICT),
    /** Stripe refunds no charge that is disputed. */
    ORDER_DISPUTED(HttpStatus.CONFLICT),

    IDEMPOTENCY_KEY_REUSED(HttpStatus.UNPROCESSABLE_CONTENT),
    REQUEST_IN_FLIGHT(HttpStatus.CONFLICT),

    CARD_ERROR(HttpStatus.PAYMENT_REQUIRED),
    /** The payment was canceled before it succeeded. */
    PAYMENT_CANCELED(HttpStatus.CONFLICT),
    NO_SUBSCRIPTION(HttpStatus.NOT_FOUND),

    TOO_MANY_FAILED_PAYMENTS(HttpStatus.TOO_MANY_REQUESTS),
    TOO_MANY_CUSTOMERS(HttpStatus.TOO_MANY_REQUESTS),
    TOO_MANY_RENEWALS(HttpStatus.TOO_MANY_REQUESTS),
    TOO_MANY_SIGN_INS(HttpStatus.TOO_MANY_REQUESTS),
    /** The customer, or all of them together, used up the budget of calls to Stripe. */
    TOO_MANY_CALLS(HttpStatus.TOO_MANY_REQUESTS),

    MAIL_NOT_CONFIGURED(HttpStatus.SERVICE_UNAVAILABLE),
    MAIL_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE),
    /** Stripe's rate limit is reached. */
    STRIPE_BUSY(HttpStatus.SERVICE_UNAVAILABLE),
    STRIPE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE),
    /** Stripe rejects our key, or the key lacks a permission. */
    STRIPE_DENIED(HttpStatus.SERVICE_UNAVAILABLE),
    /** Stripe rejected a request because of the operator's settings or account. */
    PAYMENTS_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE),
    /** Stripe rejected the request as invalid. */
    STRIPE_REFUSED(HttpStatus.BAD_GATEWAY),

    /** One reconciliation at a time, of all instances. */
    RECONCILIATION_UNDER_WAY(HttpStatus.CONFLICT);

    private final HttpStatus status;

    BillingProblem(HttpStatus status) {
        this.status = status;
    }

    @Override
    public HttpStatus status() {
        return status;
    }
}
