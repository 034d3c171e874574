package io.growalert.dispatcher.notify;

import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** Metadata of growalert.alerts, by an admin client. A query takes at most 3 s, and fails with a KafkaException. */
final class AlertsTopic implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final KafkaConnection connection;
    private @Nullable Admin admin;

    AlertsTopic(KafkaConnection connection) {
        this.connection = connection;
    }

    /** Kafka's id of the topic; a topic that is deleted and created again has another. */
    String id() {
        var found = get(admin().describeTopics(List.of(Topics.ALERTS)).allTopicNames())
                .get(Topics.ALERTS);
        return Objects.requireNonNull(found, Topics.ALERTS).topicId().toString();
    }

    /** The end offsets of the partitions, including records of open transactions, which a read_committed consumer does not see. */
    Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        var latest = partitions.stream().collect(Collectors.toMap(partition -> partition, _ -> OffsetSpec.latest()));
        var ends = new HashMap<TopicPartition, Long>();
        get(admin().listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                        .all())
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    private static <T> T get(KafkaFuture<T> result) {
        try {
            return result.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw new KafkaException("growalert.alerts cannot be queried: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("growalert.alerts cannot be queried: timed out after " + LIMIT, e);
        }
    }

    private Admin admin() {
        var open = admin;
        if (open == null) {
            open = Admin.create(connection.client(Map.of()));
            admin = open;
        }
        return open;
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(LIMIT);
        }
    }
}
