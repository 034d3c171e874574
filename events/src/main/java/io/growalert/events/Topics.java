package io.growalert.events;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topics, and how a service makes sure at its start that those it needs are there. */
public final class Topics {
    public static final String MONITORS = "growalert.monitors";
    public static final String CHECK_RESULTS = "growalert.check-results";
    public static final String ALERTS = "growalert.alerts";

    /** How many partitions a topic gets when it is created, unless configured otherwise. */
    public static final int DEFAULT_PARTITIONS = 12;

    private static final Map<String, Map<String, String>> SETTINGS = Map.of(
            MONITORS, Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT),
            CHECK_RESULTS,
                    Map.of(
                            TopicConfig.RETENTION_MS_CONFIG,
                            days(7),
                            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                            "LogAppendTime"),
            ALERTS, Map.of(TopicConfig.RETENTION_MS_CONFIG, days(90)));

    private Topics() {}

    /** Where records of this topic go that could not be read. */
    public static String deadLetters(String topic) {
        return topic + "-dlt";
    }

    /**
     * Creates those of the topics that are missing, with the broker's default replication, and waits for it. Topics that
     * are there stay as they are.
     *
     * @throws KafkaException when the broker cannot be asked or refuses
     * @throws IllegalStateException when {@link #MONITORS} and {@link #CHECK_RESULTS} are both there, or asked for, with
     *     different numbers of partitions: the two must be the same
     */
    public static void createMissing(Admin admin, int partitions, Collection<String> topics) {
        var names = new LinkedHashSet<String>(topics);
        var there = await(admin.listTopics().names());
        for (var name : names) {
            if (!there.contains(name)) {
                create(admin, name, partitions);
            }
        }
        if (names.containsAll(Set.of(MONITORS, CHECK_RESULTS))) {
            int monitors = partitionsOf(admin, MONITORS);
            int results = partitionsOf(admin, CHECK_RESULTS);
            if (monitors != results) {
                throw new IllegalStateException("%s has %d partitions and %s has %d: both must have the same number"
                        .formatted(MONITORS, monitors, CHECK_RESULTS, results));
            }
        }
    }

    private static int partitionsOf(Admin admin, String topic) {
        return await(admin.describeTopics(Set.of(topic)).allTopicNames()).values().stream()
                .mapToInt(description -> description.partitions().size())
                .sum();
    }

    private static void create(Admin admin, String name, int partitions) {
        var settings = SETTINGS.getOrDefault(name, Map.of(TopicConfig.RETENTION_MS_CONFIG, days(30)));
        var topic = new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(settings);
        try {
            await(admin.createTopics(Set.of(topic)).all());
        } catch (TopicExistsException e) {
            // another instance was quicker
        }
    }

    private static <T> T await(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    private static String days(int days) {
        return String.valueOf(Duration.ofDays(days).toMillis());
    }
}
