package io.growalert.billing.customer.api;

import io.growalert.runtime.http.CommonProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The header {@code Idempotency-Key}. */
public final class IdempotencyKeyHeader {
    private static final Pattern KEY = Pattern.compile("[\\x20-\\x7e]{1,255}");

    private IdempotencyKeyHeader() {}

    /** For requests that would move money twice without it. */
    public static String required(HttpServletRequest request) {
        var key = of(request);
        if (key == null) {
            throw CommonProblem.INVALID_FIELD.in(
                    "Idempotency-Key",
                    "Idempotency-Key: expected a text that is the same for retries of this request only");
        }
        return key;
    }

    /** Null when the client sent none. */
    static @Nullable String of(HttpServletRequest request) {
        var key = request.getHeader("Idempotency-Key");
        if (key != null && !KEY.matcher(key).matches()) {
            throw CommonProblem.INVALID_FIELD.in(
                    "Idempotency-Key", "Idempotency-Key: expected 1 to 255 characters of ASCII");
        }
        return key;
    }
}
