package io.growalert.billing.customer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.service.CommonProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a customer asks for, in a form by which a second request for the same thing is known.
 *
 * @param derived the key follows from what is asked for, because the client sent none
 */
record Ask(String customer, String endpoint, String key, String body, boolean derived) {
    private static final Pattern KEY = Pattern.compile("[\\x20-\\x7e]{1,255}");

    /** @param what the meaning of the request, in the same words whenever it is the same */
    static Ask of(HttpServletRequest request, String customer, String endpoint, String what) {
        var key = keyOf(request);
        return named(customer, endpoint, key, what);
    }

    /**
     * @param expected what a client's key stands for too, null: nothing more. A derived key does not depend on it, so that one
     *     order is not two because its sender expects something else
     */
    static Ask of(
            HttpServletRequest request, String customer, String endpoint, String what, @Nullable Object expected) {
        var key = keyOf(request);
        return named(customer, endpoint, key, what, key == null || expected == null ? what : what + "\n" + expected);
    }

    /** The same, as if the client had sent no key: whoever asks for it gets to the same request. */
    Ask withoutKey(String what) {
        return named(customer, endpoint, null, what);
    }

    private static Ask named(String customer, String endpoint, @Nullable String key, String what) {
        return named(customer, endpoint, key, what, what);
    }

    private static Ask named(String customer, String endpoint, @Nullable String key, String what, String body) {
        // apart, so that no client's key is ever a derived one
        var name = key == null ? "derived\n" + what : "client\n" + key;
        return new Ask(customer, endpoint, sha256(name), sha256(name + "\n" + body), key == null);
    }

    /** Null when the client sent none. */
    static @Nullable String keyOf(HttpServletRequest request) {
        var key = request.getHeader("Idempotency-Key");
        if (key != null && !KEY.matcher(key).matches()) {
            throw CommonProblem.INVALID_FIELD.in(
                    "Idempotency-Key", "Idempotency-Key: expected 1 to 255 characters of ASCII");
        }
        return key;
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
