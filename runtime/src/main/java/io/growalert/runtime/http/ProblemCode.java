package io.growalert.runtime.http;

import java.time.Duration;
import java.util.Locale;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * One thing that endpoints refuse: an RFC 9457 problem detail whose member {@code code} stays the same, however its words
 * change. Each service has an enum of its own; what every service refuses is in {@link CommonProblem}.
 */
public interface ProblemCode {
    /** The member of a problem detail that holds the code. */
    String CODE = "code";

    /** As an enum's constant has it. */
    String name();

    HttpStatus status();

    default String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** To be thrown; {@code detail} says in words what is wrong and what was expected. */
    default ErrorResponseException because(String detail) {
        return new ErrorResponseException(status(), body(detail), null);
    }

    /** To be thrown, naming the field, parameter or header of the request that is wrong. */
    default ErrorResponseException in(String field, String detail) {
        var body = body(detail);
        body.setProperty("field", field);
        return new ErrorResponseException(status(), body, null);
    }

    /** To be thrown, saying when it is worth another try: in whole seconds, at least one. */
    default ErrorResponseException retryAfter(Duration wait, String detail) {
        var error = because(detail);
        var seconds = Math.max(1, wait.plusMillis(999).toSeconds());
        error.getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
        return error;
    }

    default ProblemDetail body(String detail) {
        var body = ProblemDetail.forStatusAndDetail(status(), detail);
        body.setProperty(CODE, code());
        return body;
    }
}
