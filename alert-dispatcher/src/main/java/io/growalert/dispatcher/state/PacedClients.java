package io.growalert.dispatcher.state;

import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * Kafka Streams' clients, whose producers measure for {@link CommitPace} how long a commit blocks its thread.
 *
 * @param clients what creates all others
 */
record PacedClients(KafkaClientSupplier clients, Timer commits) implements KafkaClientSupplier {
    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return clients.getAdmin(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return new PacedProducer(config, commits);
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return clients.getConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return clients.getRestoreConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return clients.getGlobalConsumer(config);
    }

    /** A commit flushes once for each task, sends the offsets, and ends the transaction, all on the thread of its tasks. */
    private static final class PacedProducer extends KafkaProducer<byte[], byte[]> {
        private final Timer commits;
        private long blocked;

        PacedProducer(Map<String, Object> config, Timer commits) {
            super(config, new ByteArraySerializer(), new ByteArraySerializer());
            this.commits = commits;
        }

        @Override
        public void flush() {
            long start = System.nanoTime();
            super.flush();
            blocked += System.nanoTime() - start;
        }

        @Override
        public void sendOffsetsToTransaction(
                Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
            long start = System.nanoTime();
            super.sendOffsetsToTransaction(offsets, group);
            blocked += System.nanoTime() - start;
        }

        @Override
        public void commitTransaction() {
            long start = System.nanoTime();
            try {
                super.commitTransaction();
            } finally {
                long now = System.nanoTime();
                var took = blocked + now - start;
                blocked = 0;
                CommitPace.ofThread().committed(took, now);
                commits.record(took, TimeUnit.NANOSECONDS);
            }
        }
    }
}
