package io.growalert.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.header.Headers;

/**
 * Where a record was that could not be used, and why. It goes to {@link Topics#deadLetters} with its key, value and
 * headers as they were, and with these headers beside them.
 *
 * @param reason in words, for the human who looks at it
 */
public record DeadLetter(String topic, int partition, long offset, String reason) {
    /** Adds this to the headers of the record, in the place of an earlier one. */
    public Headers addTo(Headers headers) {
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
