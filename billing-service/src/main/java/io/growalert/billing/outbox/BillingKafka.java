package io.growalert.billing.outbox;

import io.growalert.events.Topics;
import io.growalert.runtime.outbox.OutboxProducer;
import org.apache.kafka.clients.producer.Producer;

/**
 * The connection to Kafka.
 *
 * @param bootstrapServers such as {@code 127.0.0.1:9092}
 * @param partitions of the topics, when they are created
 */
public record BillingKafka(String bootstrapServers, int partitions) {

    /** @throws org.apache.kafka.common.KafkaException when the broker is unreachable */
    Producer<String, byte[]> connect() {
        return OutboxProducer.connect(bootstrapServers, partitions, Topics.BILLING, Topics.ENTITLEMENTS);
    }
}
