package io.growalert.billing.stripe;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.definitions.Secret;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Verifies that Stripe sent a webhook: {@code Stripe-Signature: t=SECONDS,v1=HEX,v1=HEX} with the HMAC-SHA256 of
 * {@code SECONDS.BODY}. Stripe's library accepts the body as text only, one secret, and a time far in the future; this
 * verifies the received bytes. See "Verify webhook signatures manually" in Stripe's documentation.
 */
public final class WebhookSignature {
    public static final String HEADER = "Stripe-Signature";

    private static final String ALGORITHM = "HmacSHA256";

    private final List<SecretKeySpec> keys;
    private final Duration tolerance;
    private final InstantSource clock;

    /** The result of the verification. */
    public enum Verdict {
        GOOD,
        /** The header does not have Stripe's format. */
        MALFORMED,
        /** No signature matches a secret. */
        FORGED,
        /** The signature is too old: it may be a replay. */
        TOO_OLD,
        /** The time of the signature is in the future: it could be replayed at any age. */
        TOO_NEW
    }

    /**
     * @param secrets any of which may have signed
     * @param tolerance how far the time of a signature may be from ours, before or after
     */
    public WebhookSignature(List<Secret> secrets, Duration tolerance, InstantSource clock) {
        this.keys = secrets.stream()
                .map(secret -> new SecretKeySpec(secret.value().getBytes(UTF_8), ALGORITHM))
                .toList();
        this.tolerance = tolerance;
        this.clock = clock;
    }

    private record Header(String time, long seconds, List<byte[]> signatures) {}

    /** @param header the value of {@link #HEADER} */
    public Verdict check(byte[] body, String header) {
        var parsed = parse(header);
        if (parsed == null) {
            return Verdict.MALFORMED;
        }
        if (!isSigned(body, parsed)) {
            return Verdict.FORGED;
        }
        long now = clock.instant().getEpochSecond();
        if (parsed.seconds() < now - tolerance.toSeconds()) {
            return Verdict.TOO_OLD;
        }
        return parsed.seconds() > now + tolerance.toSeconds() ? Verdict.TOO_NEW : Verdict.GOOD;
    }

    private boolean isSigned(byte[] body, Header header) {
        boolean signed = false;
        for (var key : keys) {
            var expected =
                    HexFormat.of().formatHex(hmac(key, header.time(), body)).getBytes(US_ASCII);
            for (var signature : header.signatures()) {
                signed |= MessageDigest.isEqual(expected, signature);
            }
        }
        return signed;
    }

    private static byte[] hmac(SecretKeySpec key, String time, byte[] body) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(time.getBytes(US_ASCII));
            mac.update((byte) '.');
            return mac.doFinal(body);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** Null without exactly one time in whole seconds and a signature of version 1. */
    private static @Nullable Header parse(String header) {
        String time = null;
        var signatures = new ArrayList<byte[]>();
        for (var item : header.split(",", -1)) {
            int equals = item.indexOf('=');
            var name = equals < 0 ? "" : item.substring(0, equals).strip();
            var value = item.substring(equals + 1).strip();
            if (name.equals("t")) {
                if (time != null) {
                    return null;
                }
                time = value;
            } else if (name.equals("v1")) {
                signatures.add(value.getBytes(US_ASCII));
            }
        }
        return time == null || !time.matches("[0-9]{1,12}") || signatures.isEmpty()
                ? null
                : new Header(time, Long.parseLong(time), signatures);
    }
}
