package io.growalert.dispatcher.link;

import io.growalert.definitions.Secret;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The key that signs links in messages, HMAC-SHA256 (RFC 2104). */
public final class LinkKey {
    /** In bytes, of a signature. */
    static final int SIGNATURE = 32;

    private static final int SHORTEST = 32;
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    private LinkKey(byte[] bytes) {
        key = new SecretKeySpec(bytes, ALGORITHM);
    }

    /** Reads base64, or its variant for URLs, of at least 32 bytes; empty when it is something else. */
    public static Optional<LinkKey> parse(Secret secret) {
        try {
            var text = secret.value().strip().replace('-', '+').replace('_', '/');
            var bytes = Base64.getDecoder().decode(text);
            return bytes.length < SHORTEST ? Optional.empty() : Optional.of(new LinkKey(bytes));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static LinkKey random() {
        var bytes = new byte[SHORTEST];
        new SecureRandom().nextBytes(bytes);
        return new LinkKey(bytes);
    }

    byte[] sign(byte[] text) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(text);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
        }
    }

    @Override
    public String toString() {
        return "LinkKey[...]";
    }
}
