package io.growalert.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs webhooks as Stripe does (docs.stripe.com/webhooks#verify-manually). Not for several threads at once. */
public final class StripeSigner {
    private final Mac mac;

    public StripeSigner(String secret) {
        try {
            mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The value of {@code Stripe-Signature}. */
    public String of(byte[] body, Instant at) {
        mac.update((at.getEpochSecond() + ".").getBytes(UTF_8));
        return "t=%d,v1=%s".formatted(at.getEpochSecond(), HexFormat.of().formatHex(mac.doFinal(body)));
    }
}
