package io.growalert.events;

import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_COMPACT;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_DELETE;
import static org.apache.kafka.common.config.TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.SEGMENT_MS_CONFIG;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The names of the topics and their settings. */
public final class Topics {
    public static final String MONITORS = "growalert.monitors";
    public static final String CHECK_RESULTS = "growalert.check-results";
    public static final String ALERTS = "growalert.alerts";
    public static final String ALERT_COMMANDS = "growalert.alert-commands";
    public static final String BILLING = "growalert.billing";
    public static final String ENTITLEMENTS = "growalert.entitlements";
    public static final String NOTIFICATIONS = "growalert.notifications";
    /** Internal: the heartbeats that passed the alert state. */
    public static final String HEARTBEATS = "growalert.heartbeats";

    /** The number of partitions of a created topic, unless configured otherwise. */
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
            Map.of(CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_DELETE, RETENTION_MS_CONFIG, days(90)),
            ENTITLEMENTS,
            Map.of(CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_COMPACT, SEGMENT_MS_CONFIG, days(1)),
            NOTIFICATIONS,
            Map.of(CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_DELETE, RETENTION_MS_CONFIG, days(90)),
            HEARTBEATS,
            Map.of(
                    CLEANUP_POLICY_CONFIG,
                    CLEANUP_POLICY_DELETE,
                    RETENTION_MS_CONFIG,
                    hours(1),
                    SEGMENT_MS_CONFIG,
                    hours(1)));

    private static final Map<String, String> DEAD_LETTER_SETTINGS =
            Map.of(CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_DELETE, RETENTION_MS_CONFIG, days(30));

    private static final Set<String> REQUIRED = Set.of(CLEANUP_POLICY_CONFIG, MESSAGE_TIMESTAMP_TYPE_CONFIG);

    /** The topics with equal numbers of partitions, so that a monitor's records have the same partition number in each. */
    public static final Set<String> CO_PARTITIONED = Set.of(MONITORS, CHECK_RESULTS, ALERT_COMMANDS);

    private Topics() {}

    /** The dead-letter topic of this topic. */
    public static String deadLetters(String topic) {
        return topic + "-dlt";
    }

    /** The settings that a topic is created with. */
    public static Map<String, String> settings(String topic) {
        return SETTINGS.getOrDefault(topic, DEAD_LETTER_SETTINGS);
    }

    /** The settings that an existing topic must have; its retention is the operator's choice. */
    public static Map<String, String> requiredSettings(String topic) {
        var required = new HashMap<>(SETTINGS.getOrDefault(topic, Map.of()));
        required.keySet().retainAll(REQUIRED);
        return required;
    }

    private static String days(int days) {
        return String.valueOf(Duration.ofDays(days).toMillis());
    }

    private static String hours(int hours) {
        return String.valueOf(Duration.ofHours(hours).toMillis());
    }
}
