package io.growalert.dispatcher.state;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * The clients of Kafka Streams, with a main consumer that waits for records as long as {@code poll.ms} allows only while its thread
 * has nothing else to do. Records end the wait at once in any case; what does not is a requested commit, and, after a change of the
 * assignment, the broker's response to how far behind a partition is. A thread that checks for them all the time is most of what an
 * idle instance costs.
 */
final class PacedClients implements KafkaClientSupplier {
    private final KafkaClientSupplier clients;

    PacedClients(KafkaClientSupplier clients) {
        this.clients = clients;
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new PacedConsumer(config);
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return clients.getAdmin(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return clients.getProducer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return clients.getRestoreConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return clients.getGlobalConsumer(config);
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
