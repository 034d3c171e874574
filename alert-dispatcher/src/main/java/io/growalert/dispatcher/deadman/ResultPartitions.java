package io.growalert.dispatcher.deadman;

import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** How many partitions growalert.check-results has, by an admin client. Used by one thread. */
final class ResultPartitions implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final KafkaConnection connection;
    private @Nullable Admin admin;

    ResultPartitions(KafkaConnection connection) {
        this.connection = connection;
    }

    /**
     * 0 while the topic does not exist yet.
     *
     * @throws KafkaException when the broker is unreachable
     */
    int count() throws InterruptedException {
        var topics = List.of(Topics.CHECK_RESULTS);
        try {
            var described = admin().describeTopics(topics).allTopicNames().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            return described.values().iterator().next().partitions().size();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return 0;
            }
            throw new KafkaException("growalert.check-results cannot be queried: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("growalert.check-results cannot be queried: timed out after " + LIMIT, e);
        }
    }

    private Admin admin() {
        var open = admin;
        if (open == null) {
            open = Admin.create(connection.client(Map.of(CommonClientConfigs.CLIENT_ID_CONFIG, "growalert-dead-man")));
            admin = open;
        }
        return open;
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
            admin = null;
        }
    }
}
