package io.growalert.history.ingest;

import io.growalert.runtime.kafka.KafkaConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** The ids and ends of topics. A topic that is deleted and created again has another id. */
final class TopicIds implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final KafkaConnection connection;
    private final List<String> topics;
    private @Nullable Admin admin;

    TopicIds(KafkaConnection connection, List<String> topics) {
        this.connection = connection;
        this.topics = topics;
    }

    /** @param at before the ends were read */
    record Ends(Instant at, Map<TopicPartition, Long> offsets) {}

    record Topic(String id, int partitions) {}

    /**
     * By name.
     *
     * @throws KafkaException when the broker is unreachable
     */
    Map<String, Topic> read() {
        var found = new HashMap<String, Topic>();
        await(admin().describeTopics(topics).allTopicNames())
                .forEach((name, topic) -> found.put(
                        name,
                        new Topic(topic.topicId().toString(), topic.partitions().size())));
        return found;
    }

    /** Behind the last committed records of these partitions. */
    Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        var wanted = new HashMap<TopicPartition, OffsetSpec>();
        partitions.forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
        var ends = new HashMap<TopicPartition, Long>();
        await(admin().listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                        .all())
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    private synchronized Admin admin() {
        var open = admin;
        if (open == null) {
            open = Admin.create(connection.client(Map.of(
                    AdminClientConfig.CLIENT_ID_CONFIG,
                    "growalert-history-admin",
                    AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                    (int) LIMIT.toMillis(),
                    AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                    (int) LIMIT.toMillis(),
                    AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG,
                    false)));
            admin = open;
        }
        return open;
    }

    private static <T> T await(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            // restores the interrupt
            throw new InterruptException(e);
        }
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
            admin = null;
        }
    }
}
