package io.growalert.runtime.http;

import java.time.Duration;
import java.util.Locale;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * The code of an RFC 9457 problem detail. The member {@code code} is stable; title and detail may be reworded. Each service has
 * its own enum; the codes of all services are in {@link CommonProblem}.
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

    /** An exception to be thrown; {@code detail} is what is wrong and what was expected. */
    default ErrorResponseException because(String detail) {
        return new ErrorResponseException(status(), body(detail), null);
    }

    /** An exception to be thrown, with the wrong field, parameter or header of the request. */
    default ErrorResponseException in(String field, String detail) {
        var body = body(detail);
        body.setProperty("field", field);
        return new ErrorResponseException(status(), body, null);
    }

    /** An exception to be thrown, with {@code Retry-After} in whole seconds, at least one. */
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
