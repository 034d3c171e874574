package io.growalert.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Ids as 128-bit hashes, written in 26 letters of lower-case base32 (RFC 4648, section 6, without padding). They are
 * deterministic and contain no counter, so that a repeated decision of the same transition has the same id.
 *
 * <p>The hash is the first half of SHA-256 over the fields, each preceded by its length in bytes, so that no two
 * different lists of fields have the same input.
 */
public final class Ids {
    private static final char[] ALPHABET = "abcdefghijklmnopqrstuvwxyz234567".toCharArray();

    private Ids() {}

    /** The alert of one series of a monitor; a series may be without labels. */
    public static String alert(String monitor, Map<String, String> series) {
        var hash = new Hash().with("series").with(monitor);
        new TreeMap<>(series).forEach((name, value) -> hash.with(name).with(value));
        return hash.id();
    }

    /** The alert of the monitor itself: its errors and its silence. It differs from the alert of a series without labels. */
    public static String alert(String monitor) {
        return new Hash().with("monitor").with(monitor).id();
    }

    /** The incident that began when the alert fired at this slot. */
    public static String incident(String alert, Instant firedAt) {
        return new Hash().with("incident").with(alert).with(firedAt.toString()).id();
    }

    /**
     * As {@link #incident(String, Instant)}, for an alert whose clock ran ahead and was corrected, so that its slots repeat.
     *
     * @param generation when the correction was detected: the broker's timestamp of the record that showed it; null for none
     */
    public static String incident(String alert, Instant firedAt, @Nullable Instant generation) {
        return generation == null
                ? incident(alert, firedAt)
                : new Hash()
                        .with("incident")
                        .with(alert)
                        .with(firedAt.toString())
                        .with(generation.toString())
                        .id();
    }

    /** As {@link #event(String, AlertEvent.Type, Instant)}, for a slot that may have occurred in an earlier generation. */
    public static String event(String incident, AlertEvent.Type type, Instant slot, @Nullable Instant generation) {
        return generation == null
                ? event(incident, type, slot)
                : new Hash()
                        .with("event")
                        .with(incident)
                        .with(type.wire())
                        .with(slot.toString())
                        .with(generation.toString())
                        .id();
    }

    /** The transition of this type that the incident made at this slot. */
    public static String event(String incident, AlertEvent.Type type, Instant slot) {
        return new Hash()
                .with("event")
                .with(incident)
                .with(type.wire())
                .with(slot.toString())
                .id();
    }

    /** The delivery of an event to a receiver. */
    public static String delivery(String event, String receiver) {
        return new Hash().with("delivery").with(event).with(receiver).id();
    }

    /**
     * A further delivery of an event to a receiver.
     *
     * @param step of the escalation; 0 for a repeat
     * @param repetition how often the step notified before
     */
    public static String delivery(String event, String receiver, int step, int repetition) {
        return new Hash()
                .with("delivery")
                .with(event)
                .with(receiver)
                .with(Integer.toString(step))
                .with(Integer.toString(repetition))
                .id();
    }

    /** The group of the alerts that a route notifies a receiver of, and that have these labels. */
    public static String group(String route, Map<String, String> labels, String receiver) {
        var hash = new Hash().with("group").with(route).with(receiver);
        new TreeMap<>(labels).forEach((name, value) -> hash.with(name).with(value));
        return hash.id();
    }

    /** The message of a group that was formed at this instant; no other one has its sequence number. */
    public static String groupMessage(String group, Instant formedAt, long sequence) {
        return new Hash()
                .with("group-message")
                .with(group)
                .with(formedAt.toString())
                .with(Long.toString(sequence))
                .id();
    }

    /** The event of this version of a billing record. */
    public static String billing(String object, long version) {
        return new Hash()
                .with("billing")
                .with(object)
                .with(Long.toString(version))
                .id();
    }

    /** The event of this version of a customer's entitlement. */
    public static String entitlement(String customer, long version) {
        return new Hash()
                .with("entitlement")
                .with(customer)
                .with(Long.toString(version))
                .id();
    }

    private static final class Hash {
        private final MessageDigest digest = sha256();

        Hash with(String field) {
            var bytes = field.getBytes(UTF_8);
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
            digest.update(bytes);
            return this;
        }

        String id() {
            var bytes = digest.digest();
            var id = new StringBuilder(26);
            int buffer = 0;
            int bits = 0;
            for (int i = 0; i < 16; i++) {
                buffer = (buffer << 8) | (bytes[i] & 0xff);
                bits += 8;
                while (bits >= 5) {
                    bits -= 5;
                    id.append(ALPHABET[(buffer >> bits) & 31]);
                }
                buffer &= (1 << bits) - 1;
            }
            return id.append(ALPHABET[(buffer << (5 - bits)) & 31]).toString();
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
    }
}
