package io.growalert.dispatcher.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The monitors that exist: those with a definition on growalert.monitors, an open incident, or a mute. */
public final class KnownMonitors {
    private static final Logger LOG = LoggerFactory.getLogger(KnownMonitors.class);
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConnection connection;
    private final JdbcClient jdbc;

    public KnownMonitors(KafkaConnection connection, JdbcClient jdbc) {
        this.connection = connection;
        this.jdbc = jdbc;
    }

    private static final String IN_DATABASE = """
            select exists (select from dispatcher.incidents where monitor_id = :monitor and resolved_at is null)
                or exists (select from dispatcher.silences where id = 'monitor-' || :monitor and ended_at is null)
            """;

    /**
     * False when there is no such monitor. When Kafka cannot be read within 5 s, every monitor may exist. A call reads the whole
     * topic; calls are serialized.
     */
    public synchronized boolean mayExist(String monitor) {
        return jdbc.sql(IN_DATABASE)
                        .param("monitor", monitor)
                        .query(Boolean.class)
                        .single()
                || mayBeDefined(monitor);
    }

    private boolean mayBeDefined(String monitor) {
        try (var consumer = connect()) {
            var partitions = consumer.partitionsFor(Topics.MONITORS, LIMIT).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            var ends = consumer.endOffsets(partitions, LIMIT);
            consumer.seekToBeginning(partitions);
            return partitions.isEmpty() || isDefined(consumer, ends, monitor.getBytes(UTF_8));
        } catch (KafkaException e) {
            LOG.atWarn()
                    .addKeyValue("monitorId", monitor)
                    .addKeyValue("reason", e.toString())
                    .log("Reading the monitors failed; assuming that the monitor exists");
            return true;
        }
    }

    private static boolean isDefined(
            Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends, byte[] monitor) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        boolean defined = false;
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey(), LIMIT) < end.getValue())) {
            if (System.nanoTime() > deadline) {
                throw new KafkaException(Topics.MONITORS + " could not be read within " + LIMIT);
            }
            for (var record : consumer.poll(POLL)) {
                if (Arrays.equals(record.key(), monitor)) {
                    defined = record.value() != null;
                }
            }
        }
        return defined;
    }

    private Consumer<byte[], byte[]> connect() {
        Map<String, Object> settings = connection.consumer(Map.of(
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) LIMIT.toMillis(),
                // its default exceeds the API timeout above
                ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) LIMIT.toMillis()));
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
