package io.growalert.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The maximum sizes of records on the topics. A broker accepts 1 MiB by default, and a record that it rejects cannot be
 * skipped in a transaction, so sizes are checked before a record is sent.
 */
public final class Limits {
    /** The maximum number of labels of a series or a monitor. */
    public static final int LABELS = 64;

    /** The longest name or value of a label, in bytes of UTF-8. */
    public static final int LABEL_BYTES = 1_024;

    /** The longest summary, as a template and rendered, in bytes of UTF-8. */
    public static final int SUMMARY_BYTES = 4_096;

    /** The largest record, in bytes: key, value and headers together. The broker's overhead fits in addition. */
    public static final int RECORD_BYTES = 1_000_000;

    private static final int SHOWN = 40;
    private static final int HEADER_OVERHEAD = 10;

    private Limits() {}

    /** The limit that these labels exceed, with the actual value; empty when they exceed none. */
    public static Optional<String> exceededBy(Map<String, String> labels) {
        if (labels.size() > LABELS) {
            return Optional.of("%d labels; the limit is %d".formatted(labels.size(), LABELS));
        }
        for (var label : labels.entrySet()) {
            if (isTooLong(label.getKey())) {
                return Optional.of("the name of label '%s...' has %d bytes; the limit is %d"
                        .formatted(shown(label.getKey()), bytes(label.getKey()), LABEL_BYTES));
            }
            if (isTooLong(label.getValue())) {
                return Optional.of("label %s has %d bytes; the limit is %d"
                        .formatted(label.getKey(), bytes(label.getValue()), LABEL_BYTES));
            }
        }
        return Optional.empty();
    }

    private static boolean isTooLong(String text) {
        // a character has three bytes at most, so most texts need not be encoded
        return text.length() > LABEL_BYTES || (text.length() > LABEL_BYTES / 3 && bytes(text) > LABEL_BYTES);
    }

    /** The size of a text in bytes of UTF-8. */
    public static int bytes(String text) {
        return text.getBytes(UTF_8).length;
    }

    /** The size of a record in bytes, for comparison with {@link #RECORD_BYTES}. */
    public static long recordBytes(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        long bytes = (key == null ? 0 : key.length) + (long) (value == null ? 0 : value.length);
        for (var header : headers) {
            bytes +=
                    HEADER_OVERHEAD + bytes(header.key()) + (long) (header.value() == null ? 0 : header.value().length);
        }
        return bytes;
    }

    private static String shown(String text) {
        return text.substring(0, Math.min(SHOWN, text.length()));
    }
}
