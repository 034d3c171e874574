package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {
    private static final String TOPIC = "growalert.alerts";

    @TempDir
    Path folder;

    @Test
    void what_was_written_is_there_after_a_restart() throws Exception {
        try (var kafka = EmbeddedKafka.start(folder, LoopbackPorts.anyFree())) {
            createTopic(kafka);
            write(kafka, "written before");
        }

        try (var kafka = EmbeddedKafka.start(folder, LoopbackPorts.anyFree())) {
            assertThat(read(kafka)).containsExactly("written before");
        }
    }

    @Test
    void the_settings_that_make_it_return_quickly_are_those_that_were_measured() {
        assertThat(EmbeddedKafka.settings(folder, 9092, 9093))
                .containsEntry("broker.session.timeout.ms", "1000")
                .containsEntry("broker.heartbeat.interval.ms", "250")
                .containsEntry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000")
                .containsEntry("group.initial.rebalance.delay.ms", "0")
                .containsEntry("offsets.topic.segment.bytes", "1048576")
                .containsEntry("auto.create.topics.enable", "false")
                .containsEntry("listeners", "PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093");
    }

    private static void createTopic(EmbeddedKafka kafka) {
        new TopicCreator(KafkaConnection.at(kafka.bootstrapServers()), 1).createMissing(List.of(TOPIC));
    }

    private static void write(EmbeddedKafka kafka, String value) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
            var record = new ProducerRecord<>(TOPIC, "key", value);
            record.headers().add("ce_id", "1".getBytes(StandardCharsets.UTF_8));
            producer.send(record).get();
        }
    }

    private static List<String> read(EmbeddedKafka kafka) {
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            var partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            var values = new ArrayList<String>();
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }
}
