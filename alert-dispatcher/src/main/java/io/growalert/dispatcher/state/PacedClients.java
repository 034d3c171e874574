package io.growalert.dispatcher.state;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Kafka Streams' clients. Their producers measure for {@link CommitPace} how long a commit blocks its thread, and leave out commits
 * that change nothing: Kafka Streams commits after each punctuation, which the alert state has every second. The main consumer waits for
 * records as long as {@code poll.ms} allows only while its thread has nothing else to do. Records end the wait at once in any case; what
 * does not is a requested commit, and, after a change of the assignment, the broker's response to how far behind a partition is. A thread
 * that checks for them all the time is most of what an idle instance costs.
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
        return new PacedConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return clients.getRestoreConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return clients.getGlobalConsumer(config);
    }

    /**
     * A commit flushes once for each task, sends the offsets, and ends the transaction, all on the thread of its tasks. A transaction
     * without records and offsets ends without a request to the broker.
     */
    private static final class PacedProducer extends KafkaProducer<byte[], byte[]> {
        private final Timer commits;
        private final UnchangedOffsets unchanged = new UnchangedOffsets();
        private long blocked;

        PacedProducer(Map<String, Object> config, Timer commits) {
            super(config, new ByteArraySerializer(), new ByteArraySerializer());
            this.commits = commits;
        }

        @Override
        public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
            unchanged.sent();
            return super.send(record, callback);
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
            if (unchanged.isLeftOut(offsets)) {
                return;
            }
            long start = System.nanoTime();
            super.sendOffsetsToTransaction(offsets, group);
            blocked += System.nanoTime() - start;
        }

        @Override
        public void abortTransaction() {
            unchanged.aborted();
            super.abortTransaction();
        }

        @Override
        public void commitTransaction() {
            long start = System.nanoTime();
            try {
                super.commitTransaction();
                unchanged.committed();
            } finally {
                long now = System.nanoTime();
                long took = blocked + now - start;
                blocked = 0;
                CommitPace.ofThread().committed(took, now);
                commits.record(took, TimeUnit.NANOSECONDS);
            }
        }
    }

    /** Polled by one thread of Kafka Streams, which is the one whose commits it waits for. */
    private static final class PacedConsumer extends KafkaConsumer<byte[], byte[]> {
        private final PollPace pace = new PollPace(System::nanoTime);

        PacedConsumer(Map<String, Object> config) {
            super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration atMost) {
            return super.poll(pace.wait(atMost, groupMetadata().generationId(), CommitPace.isCommitUnderWay()));
        }
    }
}
