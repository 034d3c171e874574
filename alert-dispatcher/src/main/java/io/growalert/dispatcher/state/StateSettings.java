package io.growalert.dispatcher.state;

import io.growalert.runtime.kafka.KafkaConnection;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The settings of the alert state.
 *
 * @param connection to Kafka
 * @param data a folder that survives restarts and that only this instance uses
 * @param instanceId unique in the group, and the same after a restart
 * @param partitions of a topic that this instance creates
 * @param sessionTimeout after how long without a heartbeat other members take over
 * @param transactionTimeout after how long the broker aborts the open transaction of a dead instance, which its readers wait for
 * @param ownAlertDelay how long a monitor itself must be failing, other than silent, before its own alert fires
 */
public record StateSettings(
        KafkaConnection connection,
        Path data,
        String instanceId,
        int partitions,
        Duration sessionTimeout,
        Duration transactionTimeout,
        Duration ownAlertDelay) {
    public StateSettings {
        if (partitions < 1) {
            throw new IllegalArgumentException("partitions %d: at least 1 is needed".formatted(partitions));
        }
    }
}
