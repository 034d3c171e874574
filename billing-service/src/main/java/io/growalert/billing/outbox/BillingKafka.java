package io.growalert.billing.outbox;

import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaCluster;
import io.growalert.runtime.outbox.OutboxProducer;
import org.apache.kafka.clients.producer.Producer;

/**
 * The connection to Kafka.
 *
 * @param cluster Kafka's cluster
 * @param partitions of the topics, when they are created
 */
public record BillingKafka(KafkaCluster cluster, int partitions) {

    /** @throws org.apache.kafka.common.KafkaException when the broker is unreachable */
    Producer<String, byte[]> connect() {
        return OutboxProducer.connect(cluster, partitions, Topics.BILLING, Topics.ENTITLEMENTS);
    }
}
