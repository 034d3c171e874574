package io.growalert.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The origin of an unusable record, and the reason. The record goes to {@link Topics#deadLetters} with its key, value and headers
 * unchanged, with the additional headers {@code dlt_topic}, {@code dlt_partition}, {@code dlt_offset} and
 * {@code dlt_reason}. A record that would become too large is cut: {@code dlt_size} has the original size of its value in
 * bytes, and only the beginning of key, value and headers is left.
 *
 * @param reason for the operator; cut after 1,000 characters
 */
public record DeadLetter(String topic, int partition, long offset, String reason) {
    private static final int STUB_BYTES = 1_024;
    private static final int STUB_HEADER_BYTES = 16 * 1_024;
    private static final int REASON_CHARACTERS = 1_000;

    public DeadLetter {
        if (reason.length() > REASON_CHARACTERS) {
            reason = reason.substring(0, REASON_CHARACTERS);
        }
    }

    /** The record for the dead-letter topic: the original with the headers above, cut where it would be too large. */
    public ProducerRecord<byte[], byte[]> of(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        var all = addTo(new RecordHeaders(headers.toArray()));
        return Limits.recordBytes(key, value, all) <= Limits.RECORD_BYTES
                ? letter(key, value, all)
                : stub(key, value, headers);
    }

    private ProducerRecord<byte[], byte[]> letter(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return new ProducerRecord<>(Topics.deadLetters(topic), null, key, value, headers);
    }

    private ProducerRecord<byte[], byte[]> stub(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        var left = new RecordHeaders();
        int room = STUB_HEADER_BYTES;
        for (var header : headers) {
            int size = header.key().length() * 3 + (header.value() == null ? 0 : header.value().length);
            if (size <= room) {
                left.add(header);
                room -= size;
            }
        }
        put(addTo(left), "dlt_size", String.valueOf(value == null ? 0 : value.length));
        return letter(beginning(key), beginning(value), left);
    }

    private static byte @Nullable [] beginning(byte @Nullable [] bytes) {
        return bytes == null || bytes.length <= STUB_BYTES ? bytes : Arrays.copyOf(bytes, STUB_BYTES);
    }

    private Headers addTo(Headers headers) {
        put(headers, "dlt_topic", topic);
        put(headers, "dlt_partition", String.valueOf(partition));
        put(headers, "dlt_offset", String.valueOf(offset));
        put(headers, "dlt_reason", reason);
        return headers;
    }

    private static void put(Headers headers, String name, String value) {
        headers.remove(name).add(name, value.getBytes(UTF_8));
    }
}
