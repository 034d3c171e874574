package io.growalert.sandbox.object;

import java.security.SecureRandom;

/** Ids and secrets as Stripe's look like: a prefix and random letters and digits. */
public final class ObjectIds {
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final SecureRandom RANDOM = new SecureRandom();

    private ObjectIds() {}

    public static String next(String prefix) {
        return prefix + "_" + random(24);
    }

    /** @return what lets a browser that has no key confirm the intent of this id */
    public static String clientSecret(String id) {
        return id + "_secret_" + random(25);
    }

    public static String random(int length) {
        var text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
        }
        return text.toString();
    }
}
