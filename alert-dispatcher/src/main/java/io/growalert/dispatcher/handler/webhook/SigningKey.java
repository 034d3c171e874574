package io.growalert.dispatcher.handler.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.definitions.Secret;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The symmetric signature of the Standard Webhooks specification: HMAC-SHA256 over id, timestamp and body, joined by dots.
 *
 * @param secret {@code whsec_} followed by the key in base64
 */
record SigningKey(Secret secret) {
    private static final String PREFIX = "whsec_";
    private static final String ALGORITHM = "HmacSHA256";

    static Optional<SigningKey> read(Secret secret) {
        if (!secret.value().startsWith(PREFIX)) {
            return Optional.empty();
        }
        try {
            return decoded(secret).length == 0 ? Optional.empty() : Optional.of(new SigningKey(secret));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The value of {@code webhook-signature}; the timestamp is in seconds since 1970. */
    String sign(String id, long timestamp, String body) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(decoded(secret), ALGORITHM));
            var signature = mac.doFinal((id + "." + timestamp + "." + body).getBytes(UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    private static byte[] decoded(Secret secret) {
        return Base64.getDecoder().decode(secret.value().substring(PREFIX.length()));
    }
}
