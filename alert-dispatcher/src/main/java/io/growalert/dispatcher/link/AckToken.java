package io.growalert.dispatcher.link;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * What a link in a message allows: to acknowledge what the message is about. As text it is base64url of the fields, one a line, and
 * their signature.
 *
 * @param id of an incident, or of a group's message
 * @param receiver of the message
 * @param expiry in seconds precisely
 */
public record AckToken(Kind kind, String id, String receiver, Instant expiry) {
    private static final String VERSION = "1";
    private static final int LONGEST = 1_000;

    public enum Kind {
        INCIDENT("i"),
        GROUP_MESSAGE("m");

        private final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    /** A token that a client gave. */
    public sealed interface Reading {
        record Valid(AckToken token) implements Reading {}

        record Expired() implements Reading {}

        /** It was not signed with this key, or was changed. */
        record Forged() implements Reading {}
    }

    String text(LinkKey key) {
        var fields = String.join("\n", VERSION, kind.text, id, receiver, Long.toString(expiry.getEpochSecond()))
                .getBytes(UTF_8);
        var signed = Arrays.copyOf(fields, fields.length + LinkKey.SIGNATURE);
        System.arraycopy(key.sign(fields), 0, signed, fields.length, LinkKey.SIGNATURE);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(signed);
    }

    static Reading read(String text, LinkKey key, Instant now) {
        byte[] signed;
        try {
            signed = text.length() > LONGEST
                    ? new byte[0]
                    : Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return new Reading.Forged();
        }
        if (signed.length <= LinkKey.SIGNATURE) {
            return new Reading.Forged();
        }
        var fields = Arrays.copyOf(signed, signed.length - LinkKey.SIGNATURE);
        var signature = Arrays.copyOfRange(signed, fields.length, signed.length);
        // in constant time
        if (!MessageDigest.isEqual(signature, key.sign(fields))) {
            return new Reading.Forged();
        }
        var parts = List.of(new String(fields, UTF_8).split("\n", -1));
        if (parts.size() != 5 || !parts.getFirst().equals(VERSION)) {
            return new Reading.Forged();
        }
        var kind = parts.get(1).equals(Kind.INCIDENT.text) ? Kind.INCIDENT : Kind.GROUP_MESSAGE;
        var expiry = Instant.ofEpochSecond(Long.parseLong(parts.get(4)));
        return now.isBefore(expiry)
                ? new Reading.Valid(new AckToken(kind, parts.get(2), parts.get(3), expiry))
                : new Reading.Expired();
    }
}
