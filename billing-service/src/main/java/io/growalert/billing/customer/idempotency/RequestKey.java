package io.growalert.billing.customer.idempotency;

import io.growalert.billing.customer.session.Sha256;
import io.growalert.runtime.http.CommonProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a customer asks for, in a form by which a second request for the same thing is known.
 *
 * @param derived the key follows from what is asked for, because the client sent none
 */
public record RequestKey(String customer, String endpoint, String key, String body, boolean derived) {
    private static final Pattern KEY = Pattern.compile("[\\x20-\\x7e]{1,255}");

    /** @param what the meaning of the request, in the same words whenever it is the same */
    public static RequestKey of(HttpServletRequest request, String customer, String endpoint, String what) {
        var key = keyOf(request);
        return named(customer, endpoint, key, what);
    }

    /** What stands for the customer of a first request, which has none yet. */
    private static final String ANONYMOUS = "anonymous";

    private static final int MIN_ANONYMOUS_KEY = 16;

    /**
     * Of a client that is no customer yet: it has but its key to show. So a key that could be guessed does not count, and one key
     * with two addresses is two requests, or the second client would get the first one's customer. Null without a key that counts.
     */
    public static @Nullable RequestKey anonymous(HttpServletRequest request, String endpoint, String address) {
        var key = keyOf(request);
        return key == null || key.length() < MIN_ANONYMOUS_KEY
                ? null
                : named(ANONYMOUS, endpoint, key + "\n" + address, address);
    }

    /**
     * @param expected what a client's key stands for too, null: nothing more. A derived key does not depend on it, so that one
     *     order is not two because its sender expects something else
     */
    public static RequestKey of(
            HttpServletRequest request, String customer, String endpoint, String what, @Nullable Object expected) {
        var key = keyOf(request);
        return named(customer, endpoint, key, what, key == null || expected == null ? what : what + "\n" + expected);
    }

    /** The same, as if the client had sent no key: whoever asks for it gets to the same request. */
    public RequestKey withoutKey(String what) {
        return named(customer, endpoint, null, what);
    }

    /** A lock: whoever begins this holds it until the request is forgotten. Of {@code subject} only a digest is stored. */
    public static RequestKey lock(String endpoint, String subject) {
        return named("lock", endpoint, null, subject);
    }

    private static RequestKey named(String customer, String endpoint, @Nullable String key, String what) {
        return named(customer, endpoint, key, what, what);
    }

    private static RequestKey named(String customer, String endpoint, @Nullable String key, String what, String body) {
        // apart, so that no client's key is ever a derived one
        var name = key == null ? "derived\n" + what : "client\n" + key;
        return new RequestKey(customer, endpoint, Sha256.hex(name), Sha256.hex(name + "\n" + body), key == null);
    }

    /** Null when the client sent none. */
    public static @Nullable String keyOf(HttpServletRequest request) {
        var key = request.getHeader("Idempotency-Key");
        if (key != null && !KEY.matcher(key).matches()) {
            throw CommonProblem.INVALID_FIELD.in(
                    "Idempotency-Key", "Idempotency-Key: expected 1 to 255 characters of ASCII");
        }
        return key;
    }
}
