package io.growalert.events;

import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_COMPACT;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_DELETE;
import static org.apache.kafka.common.config.TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_MS_CONFIG;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Utils;

/** The topics, and how a service makes sure at its start that those it needs are there. */
public final class Topics {
    public static final String MONITORS = "growalert.monitors";
    public static final String CHECK_RESULTS = "growalert.check-results";
    public static final String ALERTS = "growalert.alerts";
    public static final String ALERT_COMMANDS = "growalert.alert-commands";
    public static final String BILLING = "growalert.billing";

    /** How many partitions a topic gets when it is created, unless configured otherwise. */
    public static final int DEFAULT_PARTITIONS = 12;

    private static final Map<String, Map<String, String>> SETTINGS = Map.of(
            MONITORS,
            Map.of(CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_COMPACT),
            CHECK_RESULTS,
            Map.of(
                    CLEANUP_POLICY_CONFIG,
                    CLEANUP_POLICY_DELETE,
                    RETENTION_MS_CONFIG,
                    days(7),
                    MESSAGE_TIMESTAMP_TYPE_CONFIG,
                    "LogAppendTime"),
            ALERTS,
            Map.of(CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_DELETE, RETENTION_MS_CONFIG, days(90)),
            ALERT_COMMANDS,
            Map.of(
                    CLEANUP_POLICY_CONFIG,
                    CLEANUP_POLICY_DELETE,
                    RETENTION_MS_CONFIG,
                    days(7),
                    MESSAGE_TIMESTAMP_TYPE_CONFIG,
                    "LogAppendTime"),
            BILLING,
            Map.of(CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_DELETE, RETENTION_MS_CONFIG, days(90)));

    private static final Map<String, String> DEAD_LETTER_SETTINGS =
            Map.of(CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_DELETE, RETENTION_MS_CONFIG, days(30));

    /** What we rely on; how long a topic is kept is its operator's choice. */
    private static final Set<String> RELIED_ON = Set.of(CLEANUP_POLICY_CONFIG, MESSAGE_TIMESTAMP_TYPE_CONFIG);

    /** Whose records of one monitor have the same partition number. */
    private static final Set<String> CO_PARTITIONED = Set.of(MONITORS, CHECK_RESULTS, ALERT_COMMANDS);

    private static final Duration UNTIL_THE_BROKER_KNOWS = Duration.ofSeconds(30);

    private Topics() {}

    /** Where records of this topic go that could not be used. */
    public static String deadLetters(String topic) {
        return topic + "-dlt";
    }

    /**
     * Creates those of the topics that are missing, with the broker's default replication, and waits until the broker
     * knows them. Topics that are there stay as they are.
     *
     * @throws KafkaException when the broker cannot be asked or refuses; the admin needs the right to list, create and
     *     describe topics and their configuration
     * @throws IllegalStateException when a topic that is there cannot do its work: {@link #MONITORS} is not compacted,
     *     {@link #CHECK_RESULTS} keeps other timestamps than LogAppendTime, or the two have different numbers of
     *     partitions
     */
    public static void createMissing(Admin admin, int partitions, Collection<String> topics) {
        var there = Set.copyOf(await(admin.listTopics().names()));
        for (var name : Set.copyOf(topics)) {
            if (!there.contains(name) && !name.equals(ALERT_COMMANDS)) {
                create(admin, name, partitions);
            }
        }
        if (topics.contains(ALERT_COMMANDS) && !there.contains(ALERT_COMMANDS)) {
            // beside topics that an earlier version created, perhaps with another number of partitions
            int like = there.contains(MONITORS) || topics.contains(MONITORS)
                    ? describe(admin, Set.of(MONITORS))
                            .values()
                            .iterator()
                            .next()
                            .partitions()
                            .size()
                    : partitions;
            create(admin, ALERT_COMMANDS, like);
        }
        var concerned = new HashSet<>(there);
        concerned.retainAll(CO_PARTITIONED);
        concerned.addAll(topics);
        checkPartitions(describe(admin, concerned));
        checkSettings(admin, concerned);
    }

    private static void checkPartitions(Map<String, TopicDescription> topics) {
        var monitors = topics.get(MONITORS);
        if (monitors == null) {
            return;
        }
        for (var name : CO_PARTITIONED) {
            var other = topics.get(name);
            if (other != null
                    && other.partitions().size() != monitors.partitions().size()) {
                throw new IllegalStateException("%s has %d partitions and %s has %d: both must have the same number"
                        .formatted(
                                MONITORS,
                                monitors.partitions().size(),
                                name,
                                other.partitions().size()));
            }
        }
    }

    private static void checkSettings(Admin admin, Set<String> topics) {
        var resources = topics.stream()
                .filter(SETTINGS::containsKey)
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        await(admin.describeConfigs(resources).all())
                .forEach((topic, config) -> settings(topic.name()).forEach((setting, expected) -> {
                    var actual = config.get(setting).value();
                    if (RELIED_ON.contains(setting) && !actual.equals(expected)) {
                        throw new IllegalStateException("the topic %s has %s=%s; it must be %s"
                                .formatted(topic.name(), setting, actual, expected));
                    }
                }));
    }

    /** A topic that was created a moment ago is not known to every broker at once. */
    private static Map<String, TopicDescription> describe(Admin admin, Set<String> topics) {
        long deadline = System.nanoTime() + UNTIL_THE_BROKER_KNOWS.toNanos();
        while (true) {
            try {
                return await(admin.describeTopics(topics).allTopicNames());
            } catch (UnknownTopicOrPartitionException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Utils.sleep(50);
            }
        }
    }

    private static void create(Admin admin, String name, int partitions) {
        var topic = new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(settings(name));
        try {
            await(admin.createTopics(Set.of(topic)).all());
        } catch (TopicExistsException e) {
            // another instance was quicker
        }
    }

    private static Map<String, String> settings(String topic) {
        return SETTINGS.getOrDefault(topic, DEAD_LETTER_SETTINGS);
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

    private static String days(int days) {
        return String.valueOf(Duration.ofDays(days).toMillis());
    }
}
