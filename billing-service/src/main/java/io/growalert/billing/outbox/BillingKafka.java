package io.growalert.billing.outbox;

import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.outbox.OutboxProducer;
import org.apache.kafka.clients.producer.Producer;

/**
 * The connection to Kafka.
 *
 * @param connection to Kafka
 * @param partitions of the topics, when they are created
 */
public record BillingKafka(KafkaConnection connection, int partitions) {

    /** @throws org.apache.kafka.common.KafkaException when the broker is unreachable */
    Producer<String, byte[]> connect() {
        return OutboxProducer.connect(connection, partitions, Topics.BILLING, Topics.ENTITLEMENTS);
    }
}
