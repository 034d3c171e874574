package io.growalert.billing.customer.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.definitions.Secret;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signed session tokens: {@code customer.second.key.signature}, with the second of the expiry and an HMAC-SHA256. From generation 1
 * on the generation stands before the signature, which covers it; tokens of generation 0 are those of releases without
 * generations, and remain valid.
 */
public final class Seals {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MIN_KEY_BYTES = 32;
    private static final String PURPOSE = "SESSION";
    private static final Pattern TEXT = Pattern.compile(
            "([A-Za-z0-9_]{1,255})\\.(\\d{1,11})\\.([A-Za-z0-9_-]{8})(?:\\.([1-9]\\d{0,8}))?\\.([A-Za-z0-9_-]{43})");
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final List<Key> keys;

    private record Key(String id, SecretKeySpec key) {
        byte[] sign(String purpose, String text) {
            try {
                var mac = Mac.getInstance(ALGORITHM);
                mac.init(key);
                return mac.doFinal((purpose + "\n" + text).getBytes(UTF_8));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this Java has no " + ALGORITHM, e);
            }
        }

        @Override
        public String toString() {
            return "Key[" + id + "]";
        }
    }

    /**
     * The content of an authentic token, which may have expired or be of an older generation.
     *
     * @param generation of the customer's sessions
     */
    public record Sealed(String customer, int generation, Instant until) {}

    private Seals(List<Key> keys) {
        this.keys = keys;
    }

    /**
     * @param keys in base64; the first signs, all verify
     * @throws IllegalArgumentException when one is not base64 of at least 32 bytes; the message has its index
     */
    public static Seals with(List<Secret> keys) {
        return new Seals(IntStream.range(0, keys.size())
                .mapToObj(index -> key(index, keys.get(index)))
                .toList());
    }

    private static Key key(int index, Secret secret) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(secret.value().strip());
        } catch (IllegalArgumentException _) {
            bytes = new byte[0];
        }
        if (bytes.length < MIN_KEY_BYTES) {
            throw new IllegalArgumentException("customer.session.keys[%d]: expected base64 of at least %d random bytes"
                    .formatted(index, MIN_KEY_BYTES));
        }
        var key = new SecretKeySpec(bytes, ALGORITHM);
        // derived from the key, so that the order of the keys may change; reveals nothing about it
        var id = ENCODER.encodeToString(new Key("", key).sign("id", "")).substring(0, 8);
        return new Key(id, key);
    }

    public String seal(Sealed session) {
        var key = keys.getFirst();
        var text = "%s.%d.%s".formatted(session.customer(), session.until().getEpochSecond(), key.id());
        if (session.generation() > 0) {
            text += "." + session.generation();
        }
        return text + "." + ENCODER.encodeToString(key.sign(PURPOSE, text));
    }

    /** Empty when the signature is not valid. */
    public Optional<Sealed> open(String value) {
        var parts = TEXT.matcher(value);
        if (!parts.matches()) {
            return Optional.empty();
        }
        var text = value.substring(0, parts.start(5) - 1);
        var signature = parts.group(5).getBytes(UTF_8);
        for (var key : keys) {
            if (key.id().equals(parts.group(3))) {
                var expected = ENCODER.encodeToString(key.sign(PURPOSE, text)).getBytes(UTF_8);
                return MessageDigest.isEqual(expected, signature)
                        ? read(parts.group(1), parts.group(2), parts.group(4))
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Optional<Sealed> read(String customer, String second, @Nullable String generation) {
        try {
            return Optional.of(new Sealed(
                    customer,
                    generation == null ? 0 : Integer.parseInt(generation),
                    Instant.ofEpochSecond(Long.parseLong(second))));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    /** A pseudonym: the same for the same text, and not reversible without the key. */
    public String disguise(String text) {
        return ENCODER.encodeToString(keys.getFirst().sign("DISGUISE", text));
    }
}
