package io.growalert.billing.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.CloudEvent;
import io.growalert.events.Topics;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A row of the outbox. */
record Told(long sequence, String id, String key, String type, String subject, Instant time, String body) {
    private static final String SOURCE = "/growalert/billing-service";

    ProducerRecord<String, byte[]> record() {
        var headers = new CloudEvent(id, SOURCE, CloudEvent.BILLING + type, subject, time).headers();
        return new ProducerRecord<>(Topics.BILLING, null, key, body.getBytes(UTF_8), headers);
    }
}
