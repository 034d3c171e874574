package io.growalert.billing.webhook;

import io.growalert.runtime.http.ProblemCode;
import org.springframework.http.HttpStatus;

/** Why a webhook was rejected: 4xx for an error of the sender, 5xx for an error of ours. Stripe resends both. */
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
