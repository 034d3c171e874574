package io.growalert.billing.inbox;

import io.growalert.runtime.http.ProblemCode;
import org.springframework.http.HttpStatus;

/** Why a webhook is not taken. What is the sender's fault is 4xx, so that Stripe shows it; what is ours 5xx. Both come again. */
enum WebhookProblem implements ProblemCode {
    SIGNATURE_MISSING(HttpStatus.BAD_REQUEST),
    SIGNATURE_MALFORMED(HttpStatus.BAD_REQUEST),
    SIGNATURE_WRONG(HttpStatus.BAD_REQUEST),
    SIGNATURE_OLD(HttpStatus.BAD_REQUEST),
    SIGNATURE_EARLY(HttpStatus.BAD_REQUEST),
    UNREADABLE(HttpStatus.BAD_REQUEST),
    TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE),
    NOT_STORED(HttpStatus.INTERNAL_SERVER_ERROR),
    OVERLOADED(HttpStatus.SERVICE_UNAVAILABLE);

    private final HttpStatus status;

    WebhookProblem(HttpStatus status) {
        this.status = status;
    }

    @Override
    public HttpStatus status() {
        return status;
    }
}
