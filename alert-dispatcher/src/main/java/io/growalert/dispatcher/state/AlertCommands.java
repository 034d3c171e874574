package io.growalert.dispatcher.state;

import io.growalert.events.AlertCommand;
import io.growalert.events.CloudEvent;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConfigException;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.RenewedProducer;
import io.growalert.runtime.kafka.TopicCreator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishes operators' commands to the instance that owns the alert's state. */
public final class AlertCommands implements AutoCloseable {
    private static final Duration WITHIN = Duration.ofSeconds(5);
    private static final int WITHIN_MS = (int) WITHIN.toMillis();

    private final KafkaConnection connection;
    private final RenewedProducer<String, byte[]> producer;

    AlertCommands(KafkaConnection connection) {
        this.connection = connection;
        producer = new RenewedProducer<>(() -> connect(connection), Duration.ZERO);
    }

    /**
     * Returns when the broker acknowledged the command; it is executed asynchronously.
     *
     * @throws KafkaException when the broker does not accept it within 5 s
     */
    public void forget(String monitor, String alert) {
        var now = Instant.now();
        var id = UUID.randomUUID().toString();
        var command = new AlertCommand(id, AlertCommand.Type.FORGET, monitor, alert, now);
        var headers = new CloudEvent(
                        id, "/growalert/alert-dispatcher", CloudEvent.ALERT_COMMAND + "forget", monitor, now)
                .headers();
        var record = new ProducerRecord<>(Topics.ALERT_COMMANDS, null, monitor, Json.write(command), headers);
        try {
            if (!producer.isConnected() && !TopicCreator.exists(connection, Topics.ALERT_COMMANDS, WITHIN)) {
                throw new UnknownTopicOrPartitionException(
                        "the topic %s does not exist yet".formatted(Topics.ALERT_COMMANDS));
            }
            producer.send(List.of(record));
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException | KafkaConfigException e) {
            throw new KafkaException("the command was not accepted", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static Producer<String, byte[]> connect(KafkaConnection connection) {
        Map<String, Object> settings = connection.client(Map.of(
                ProducerConfig.CLIENT_ID_CONFIG,
                "growalert-alert-commands",
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                WITHIN_MS,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                WITHIN_MS,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                WITHIN_MS));
        return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    public void close() {
        producer.close();
    }
}
