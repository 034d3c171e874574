package io.growalert.dispatcher.state;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What the alert state needs to run.
 *
 * @param bootstrapServers Kafka's addresses, such as {@code 127.0.0.1:9092}
 * @param data a folder that survives restarts and belongs to this instance alone
 * @param instanceId a name that survives restarts and is this instance's alone
 * @param partitions how many partitions a topic gets that this instance creates
 * @param sessionTimeout how long the group waits for a member that is gone before others take over
 * @param ownAlertDelay how long a monitor itself must be in trouble, other than silent, before its own alert fires
 * @param threads how many partitions are worked on at a time, at least 1
 * @param standbys how many other instances keep a copy of each partition's state, 0 or more
 */
public record StateSettings(
        String bootstrapServers,
        Path data,
        String instanceId,
        int partitions,
        Duration sessionTimeout,
        Duration ownAlertDelay,
        int threads,
        int standbys) {
    public StateSettings {
        if (partitions < 1 || threads < 1 || standbys < 0) {
            throw new IllegalArgumentException("partitions %d, threads %d, standbys %d: at least 1, 1 and 0 are needed"
                    .formatted(partitions, threads, standbys));
        }
    }

    /** One thread and no standby. */
    public StateSettings(
            String bootstrapServers,
            Path data,
            String instanceId,
            int partitions,
            Duration sessionTimeout,
            Duration ownAlertDelay) {
        this(bootstrapServers, data, instanceId, partitions, sessionTimeout, ownAlertDelay, 1, 0);
    }
}
