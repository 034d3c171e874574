package io.growalert.dispatcher.outbox;

import io.growalert.events.Topics;
import io.growalert.runtime.database.AdvisoryLock;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.loop.Progress;
import io.growalert.runtime.outbox.OutboxProducer;
import io.growalert.runtime.outbox.OutboxRelay;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import javax.sql.DataSource;

/** Publishes the log of notifications to growalert.notifications. */
public final class NotificationRelay {
    /** Its lock occupies one, beside those of the setting. */
    public static final int CONNECTIONS = 1;

    private static final Duration KAFKA_TIMEOUT = Duration.ofSeconds(30);

    private NotificationRelay() {}

    /**
     * The relay of one instance; the one that holds the lock publishes.
     *
     * @param partitions of the topic, when it is created
     * @param poll how often the outbox is read
     */
    public static OutboxRelay of(
            NotificationLog log,
            DataSource database,
            KafkaConnection kafka,
            int partitions,
            Duration poll,
            MeterRegistry meters) {
        return new OutboxRelay(
                log.outbox(),
                AdvisoryLock.of(database, "growalert.dispatcher.notification-outbox"),
                () -> OutboxProducer.connect(kafka, partitions, Topics.NOTIFICATIONS),
                new OutboxRelay.Options(
                        Topics.NOTIFICATIONS,
                        NotificationLog::message,
                        poll,
                        // the topic retains the events
                        Duration.ZERO,
                        KAFKA_TIMEOUT,
                        "growalert.notifications"),
                meters,
                new Progress("notification-relay"));
    }
}
