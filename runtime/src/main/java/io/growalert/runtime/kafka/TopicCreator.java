package io.growalert.runtime.kafka;

import static java.util.stream.Collectors.toMap;

import io.growalert.events.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Utils;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * Creates missing topics with Spring's {@link KafkaAdmin} and checks existing ones. Services call it in a {@link
 * io.growalert.runtime.loop.Loop}, because the broker may start later than the service.
 */
public final class TopicCreator {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration UNTIL_DESCRIBED = Duration.ofSeconds(30);
    private static final long DESCRIBE_AGAIN_MILLIS = 50;
    /** Created with as many partitions as the definitions have. */
    private static final Set<String> LIKE_MONITORS = Set.of(Topics.ALERT_COMMANDS, Topics.HEARTBEATS);

    private final Broker broker;
    private final int partitions;

    /** @param partitions how many partitions a created topic gets */
    public TopicCreator(KafkaConnection connection, int partitions) {
        this.broker = new Broker(connection);
        this.partitions = partitions;
    }

    /**
     * Creates the missing topics, with the broker's default replication, and waits until the broker describes them. Existing
     * topics stay unchanged.
     *
     * @throws KafkaException when the broker is unreachable or rejects a topic; the client needs the right to list, create and
     *     describe topics and their configuration
     * @throws IllegalStateException when an existing topic has settings or a number of partitions that the services cannot work
     *     with
     */
    public void createMissing(Collection<String> topics) {
        try (var admin = broker.createAdmin()) {
            var existing = Set.copyOf(await(admin.listTopics().names()));
            var missing = new HashSet<>(topics);
            missing.removeAll(existing);
            // an earlier version may have created the other topics with another number of partitions
            var likeMonitors = new HashSet<>(LIKE_MONITORS);
            likeMonitors.retainAll(missing);
            missing.removeAll(likeMonitors);
            create(missing, partitions);
            if (!likeMonitors.isEmpty()) {
                boolean hasMonitors = existing.contains(Topics.MONITORS) || topics.contains(Topics.MONITORS);
                create(likeMonitors, hasMonitors ? partitionsOf(admin, Topics.MONITORS) : partitions);
            }
            var concerned = new HashSet<>(existing);
            concerned.retainAll(Topics.CO_PARTITIONED);
            concerned.addAll(topics);
            checkPartitions(describe(admin, concerned));
            // of no others: a service may see a topic whose settings it has no right to read
            checkSettings(admin, Set.copyOf(topics));
        }
    }

    /**
     * Whether the topic exists. A producer that requests a missing topic may make the broker create it, with the broker's number of
     * partitions and not ours.
     *
     * @throws KafkaException when the broker is unreachable, or denies this
     */
    public static boolean exists(KafkaConnection connection, String topic, Duration limit) {
        try (var brief = new BriefAdmin(connection.client(Map.of()), limit)) {
            await(brief.admin().describeTopics(Set.of(topic)).allTopicNames());
            return true;
        } catch (UnknownTopicOrPartitionException e) {
            return false;
        }
    }

    /** Only missing topics: the admin would add partitions to existing ones. */
    private void create(Set<String> names, int count) {
        var topics = names.stream()
                .map(name -> new NewTopic(name, Optional.of(count), Optional.empty()).configs(Topics.settings(name)))
                .toArray(NewTopic[]::new);
        try {
            broker.createOrModifyTopics(topics);
        } catch (org.springframework.kafka.KafkaException e) {
            throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e);
        }
    }

    private static int partitionsOf(Admin admin, String topic) {
        return describe(admin, Set.of(topic)).values().iterator().next();
    }

    /** How many partitions each has. A topic that was created a moment ago is not known to every broker at once. */
    private static Map<String, Integer> describe(Admin admin, Set<String> topics) {
        long deadline = System.nanoTime() + UNTIL_DESCRIBED.toNanos();
        while (true) {
            try {
                return await(admin.describeTopics(topics).allTopicNames()).values().stream()
                        .collect(toMap(TopicDescription::name, topic -> topic.partitions()
                                .size()));
            } catch (UnknownTopicOrPartitionException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Utils.sleep(DESCRIBE_AGAIN_MILLIS);
            }
        }
    }

    private static void checkPartitions(Map<String, Integer> counts) {
        var monitors = counts.get(Topics.MONITORS);
        if (monitors == null) {
            return;
        }
        for (var name : Topics.CO_PARTITIONED) {
            var other = counts.get(name);
            if (other != null && !other.equals(monitors)) {
                throw new IllegalStateException("%s has %d partitions and %s has %d: both must have the same number"
                        .formatted(Topics.MONITORS, monitors, name, other));
            }
        }
    }

    private static void checkSettings(Admin admin, Set<String> topics) {
        var resources = topics.stream()
                .filter(name -> !Topics.requiredSettings(name).isEmpty())
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        await(admin.describeConfigs(resources).all()).forEach((topic, config) -> Topics.requiredSettings(topic.name())
                .forEach((setting, required) -> {
                    var actual = config.get(setting).value();
                    if (!actual.equals(required)) {
                        throw new IllegalStateException("the topic %s has %s=%s; it must be %s"
                                .formatted(topic.name(), setting, actual, required));
                    }
                }));
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

    /** Opens the connection when it is needed: a broker whose name cannot be resolved yet must not prevent the start. */
    private static final class Broker extends KafkaAdmin {
        Broker(KafkaConnection connection) {
            super(connection.client(Map.of(
                    CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG,
                    (int) CALL_TIMEOUT.toMillis(),
                    CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG,
                    (int) REQUEST_TIMEOUT.toMillis(),
                    CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                    500,
                    CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG,
                    false)));
            setOperationTimeout((int) CALL_TIMEOUT.toSeconds());
        }

        @Override
        public Admin createAdmin() {
            return super.createAdmin();
        }
    }
}
