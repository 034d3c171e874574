package io.growalert.billing.customer.api;

import io.growalert.runtime.http.CommonProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The header {@code Idempotency-Key}. */
final class IdempotencyKeyHeader {
    private static final Pattern KEY = Pattern.compile("[\\x20-\\x7e]{1,255}");

    private IdempotencyKeyHeader() {}

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
