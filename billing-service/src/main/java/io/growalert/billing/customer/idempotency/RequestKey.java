package io.growalert.billing.customer.idempotency;

import io.growalert.billing.customer.session.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Identifies a request of a customer, so that a second one for the same thing is recognized.
 *
 * @param customer the customer's id, or a word in its place
 * @param key SHA-256, in hex
 * @param body SHA-256 of the key and of what is requested, in hex
 * @param derived the key follows from what is requested, because the client sent none
 */
public record RequestKey(String customer, String endpoint, String key, String body, boolean derived) {
    /** In the place of the customer of a first request, which has none yet. */
    private static final String ANONYMOUS = "anonymous";

    private static final int MIN_ANONYMOUS_KEY = 16;

    /**
     * @param clientKey the client's {@code Idempotency-Key}; null: it sent none
     * @param what the meaning of the request: equal texts are the same request
     */
    public static RequestKey of(String customer, String endpoint, @Nullable String clientKey, String what) {
        return named(customer, endpoint, clientKey, what, what);
    }

    /**
     * @param expected what a client's key covers too; null: nothing more. A derived key does not depend on it, so that one order is
     *     not two because the client expects something else
     */
    public static RequestKey of(
            String customer, String endpoint, @Nullable String clientKey, String what, @Nullable Object expected) {
        return named(
                customer,
                endpoint,
                clientKey,
                what,
                clientKey == null || expected == null ? what : what + "\n" + expected);
    }

    /**
     * Of a client that is no customer yet, whose only credential is its key. So a key that could be guessed does not count, and one
     * key with two addresses is two requests, or the second client would get the first one's customer. Null without a key that
     * counts.
     */
    public static @Nullable RequestKey anonymous(String endpoint, @Nullable String clientKey, String address) {
        return clientKey == null || clientKey.length() < MIN_ANONYMOUS_KEY
                ? null
                : named(ANONYMOUS, endpoint, clientKey + "\n" + address, address, address);
    }

    /** The same as if the client had sent no key: every client that requests {@code what} gets to the same request. */
    public RequestKey withoutClientKey(String what) {
        return named(customer, endpoint, null, what, what);
    }

    /** A lock, held from its begin until it is forgotten. Of {@code subject} only a digest is stored. */
    public static RequestKey lock(String endpoint, String subject) {
        return named("lock", endpoint, null, subject, subject);
    }

    private static RequestKey named(
            String customer, String endpoint, @Nullable String clientKey, String what, String body) {
        // separate name spaces, so that a client's key is never a derived one
        var name = clientKey == null ? "derived\n" + what : "client\n" + clientKey;
        return new RequestKey(customer, endpoint, Sha256.hex(name), Sha256.hex(name + "\n" + body), clientKey == null);
    }
}
