package io.growalert.dispatcher.state;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/** Clients of Kafka Streams, of which a login is denied once, and those of the thread's replacement cannot be created at first. */
final class DyingClients implements KafkaClientSupplier {
    private final KafkaClientSupplier clients;
    private final AtomicBoolean denied = new AtomicBoolean();
    private final AtomicInteger failing = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();

    DyingClients(KafkaClientSupplier clients) {
        this.clients = clients;
    }

    /** @param replacements how many of them fail before one can be created */
    void killThread(int replacements) {
        failing.set(replacements);
        denied.set(true);
    }

    /** From now on a replacement can be created. */
    void recover() {
        failing.set(0);
    }

    int failedReplacements() {
        return failures.get();
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
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()) {
            @Override
            public ConsumerRecords<byte[], byte[]> poll(Duration atMost) {
                if (denied.getAndSet(false)) {
                    throw new SaslAuthenticationException("the password was revoked");
                }
                return super.poll(atMost);
            }
        };
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        if (failing.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
            failures.incrementAndGet();
            throw new KafkaException("the keystore cannot be read");
        }
        return clients.getRestoreConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return clients.getGlobalConsumer(config);
    }
}
