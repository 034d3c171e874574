package io.growalert.dispatcher.state;

import io.growalert.runtime.kafka.KafkaCluster;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The settings of the alert state.
 *
 * @param cluster Kafka's cluster
 * @param data a folder that survives restarts and that only this instance uses
 * @param instanceId unique in the group, and the same after a restart
 * @param partitions of a topic that this instance creates
 * @param sessionTimeout after how long without a heartbeat other members take over
 * @param ownAlertDelay how long a monitor itself must be failing, other than silent, before its own alert fires
 * @param threads of Kafka Streams, at least 1
 * @param standbys replicas of each partition's state on other instances, 0 or more
 */
public record StateSettings(
        KafkaCluster cluster,
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
            KafkaCluster cluster,
            Path data,
            String instanceId,
            int partitions,
            Duration sessionTimeout,
            Duration ownAlertDelay) {
        this(cluster, data, instanceId, partitions, sessionTimeout, ownAlertDelay, 1, 0);
    }
}
