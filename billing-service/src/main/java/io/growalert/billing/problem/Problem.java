package io.growalert.billing.problem;

import io.growalert.runtime.http.CommonProblem;
import io.growalert.runtime.http.ProblemCode;
import org.springframework.http.HttpStatus;

/**
 * What billing's endpoints refuse beside {@link CommonProblem}. Only {@link #CARD_ERROR} is seldom seen as such: the answer
 * carries the code that Stripe gave, such as {@code card_declined}.
 */
public enum Problem implements ProblemCode {
    SESSION_MISSING(HttpStatus.UNAUTHORIZED),
    SESSION_INVALID(HttpStatus.UNAUTHORIZED),
    /** The cookie is ours, but old; it can be renewed. */
    SESSION_EXPIRED(HttpStatus.UNAUTHORIZED),
    /** There is nothing to be renewed. */
    SESSION_NOT_EXPIRED(HttpStatus.CONFLICT),
    /** A link that signs in is unknown, was used, or has expired. */
    LINK_INVALID(HttpStatus.BAD_REQUEST),

    /** A browser sends this for another site. */
    ORIGIN_REFUSED(HttpStatus.FORBIDDEN),
    /** None of the prices that are offered; {@code field} is {@code priceId}. */
    UNKNOWN_PRICE(HttpStatus.BAD_REQUEST),
    /** The token or payment method is not there, used up, or another customer's; {@code field} is {@code token}. */
    TOKEN_REFUSED(HttpStatus.BAD_REQUEST),

    /** The address belongs to a customer: who reads its mail signs in instead. */
    SIGN_IN_NEEDED(HttpStatus.CONFLICT),
    /** The customer has a running subscription, {@code subscription}. */
    HAS_SUBSCRIPTION(HttpStatus.CONFLICT),
    /** The order costs {@code amount} in {@code currency}, not what the customer was shown. */
    AMOUNT_CHANGED(HttpStatus.CONFLICT),

    IDEMPOTENCY_KEY_REUSED(HttpStatus.UNPROCESSABLE_CONTENT),
    REQUEST_IN_FLIGHT(HttpStatus.CONFLICT),

    CARD_ERROR(HttpStatus.PAYMENT_REQUIRED),
    /** The payment was canceled before it was made. */
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
    /** Stripe takes no more requests of ours for a moment. */
    STRIPE_BUSY(HttpStatus.SERVICE_UNAVAILABLE),
    STRIPE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE),
    /** Stripe does not know our key, or it may not do this. */
    STRIPE_DENIED(HttpStatus.SERVICE_UNAVAILABLE),
    /** Stripe rejected a request because of the operator's settings or account. */
    PAYMENTS_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE),
    /** Stripe did not understand us. */
    STRIPE_REFUSED(HttpStatus.BAD_GATEWAY),

    /** One at a time, of all instances. */
    RECONCILIATION_UNDER_WAY(HttpStatus.CONFLICT),

    OPERATOR_TOKEN_REFUSED(HttpStatus.UNAUTHORIZED),
    OPERATORS_ONLY(HttpStatus.FORBIDDEN);

    private final HttpStatus status;

    Problem(HttpStatus status) {
        this.status = status;
    }

    @Override
    public HttpStatus status() {
        return status;
    }
}
