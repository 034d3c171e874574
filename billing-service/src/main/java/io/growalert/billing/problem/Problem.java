package io.growalert.billing.problem;

import java.time.Duration;
import java.util.Locale;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * Everything that an endpoint refuses, as RFC 9457 problem details with a {@code code} that stays the same. Only
 * {@link #CARD_ERROR} is seldom seen as such: the answer carries the code that Stripe gave, such as {@code card_declined}.
 */
public enum Problem {
    SESSION_MISSING(HttpStatus.UNAUTHORIZED),
    SESSION_INVALID(HttpStatus.UNAUTHORIZED),
    /** The cookie is ours, but old; it can be renewed. */
    SESSION_EXPIRED(HttpStatus.UNAUTHORIZED),
    /** There is nothing to be renewed. */
    SESSION_NOT_EXPIRED(HttpStatus.CONFLICT),
    /** A link that renews a session is forged or too old. */
    LINK_INVALID(HttpStatus.BAD_REQUEST),

    /** A browser sends this for another site. */
    ORIGIN_REFUSED(HttpStatus.FORBIDDEN),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE),
    BODY_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE),
    MALFORMED_JSON(HttpStatus.BAD_REQUEST),
    /** {@code field} says which. */
    INVALID_FIELD(HttpStatus.BAD_REQUEST),
    /** None of the prices that are offered; {@code field} is {@code priceId}. */
    UNKNOWN_PRICE(HttpStatus.BAD_REQUEST),
    /** The token or payment method is not there, used up, or another customer's; {@code field} is {@code token}. */
    TOKEN_REFUSED(HttpStatus.BAD_REQUEST),

    IDEMPOTENCY_KEY_REUSED(HttpStatus.UNPROCESSABLE_CONTENT),
    REQUEST_IN_FLIGHT(HttpStatus.CONFLICT),

    CARD_ERROR(HttpStatus.PAYMENT_REQUIRED),
    /** The payment was canceled before it was made. */
    PAYMENT_CANCELED(HttpStatus.CONFLICT),
    NO_SUBSCRIPTION(HttpStatus.NOT_FOUND),

    TOO_MANY_FAILED_PAYMENTS(HttpStatus.TOO_MANY_REQUESTS),
    TOO_MANY_CUSTOMERS(HttpStatus.TOO_MANY_REQUESTS),
    TOO_MANY_RENEWALS(HttpStatus.TOO_MANY_REQUESTS),

    MAIL_NOT_CONFIGURED(HttpStatus.SERVICE_UNAVAILABLE),
    MAIL_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE),
    /** Stripe takes no more requests of ours for a moment. */
    STRIPE_BUSY(HttpStatus.SERVICE_UNAVAILABLE),
    STRIPE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE),
    /** Stripe does not know our key, or it may not do this. */
    STRIPE_DENIED(HttpStatus.SERVICE_UNAVAILABLE),
    /** Stripe did not understand us. */
    STRIPE_REFUSED(HttpStatus.BAD_GATEWAY),
    DATABASE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE),

    /** One at a time, of all instances. */
    RECONCILIATION_UNDER_WAY(HttpStatus.CONFLICT),

    OPERATOR_TOKEN_REFUSED(HttpStatus.UNAUTHORIZED),
    OPERATORS_ONLY(HttpStatus.FORBIDDEN),

    BAD_REQUEST(HttpStatus.BAD_REQUEST),
    NOT_FOUND(HttpStatus.NOT_FOUND),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED),
    NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE),
    INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR);

    /** The property of a problem detail that holds the code. */
    public static final String CODE = "code";

    private final HttpStatus status;

    Problem(HttpStatus status) {
        this.status = status;
    }

    public HttpStatus status() {
        return status;
    }

    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** To be thrown; {@code detail} says in words what is wrong and what was expected. */
    public ErrorResponseException because(String detail) {
        return new ErrorResponseException(status, body(detail), null);
    }

    /** To be thrown, naming the field of the request that is wrong. */
    public ErrorResponseException in(String field, String detail) {
        var body = body(detail);
        body.setProperty("field", field);
        return new ErrorResponseException(status, body, null);
    }

    /** To be thrown, saying when it is worth another try. */
    public ErrorResponseException retryAfter(Duration wait, String detail) {
        var error = because(detail);
        var seconds = Math.max(1, wait.plusMillis(999).toSeconds());
        error.getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
        return error;
    }

    ProblemDetail body(String detail) {
        var body = ProblemDetail.forStatusAndDetail(status, detail);
        body.setProperty(CODE, code());
        return body;
    }
}
