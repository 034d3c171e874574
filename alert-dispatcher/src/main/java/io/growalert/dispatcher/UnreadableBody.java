package io.growalert.dispatcher;

import io.growalert.runtime.http.CommonProblem;
import java.util.stream.Collectors;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageNotReadableException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** The problem of a request body that does not fit. */
final class UnreadableBody {
    private static final int MAX_KEY = 100;

    private UnreadableBody() {}

    /**
     * Names the key that the request does not have, which would otherwise have no effect.
     *
     * @param expected what is wrong with any other body
     */
    static ProblemDetail problem(HttpMessageNotReadableException e, String expected) {
        if (!(e.getCause() instanceof UnrecognizedPropertyException unknown)) {
            return CommonProblem.MALFORMED_JSON.body(expected);
        }
        var key = unknown.getPropertyName();
        var shown = key.length() > MAX_KEY ? key.substring(0, MAX_KEY) : key;
        var known = unknown.getKnownPropertyIds().stream().map(String::valueOf).collect(Collectors.joining(", "));
        return CommonProblem.INVALID_FIELD
                .in(shown, "%s: unknown key; expected %s".formatted(shown, known))
                .getBody();
    }
}
