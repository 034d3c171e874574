package io.growalert.standalone;

import io.growalert.runtime.kafka.BriefAdmin;
import io.growalert.runtime.kafka.KafkaAccessCheck;
import io.growalert.runtime.kafka.KafkaConfigException;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.KafkaRights;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;

/** A Kafka outside of this process. */
final class ForeignKafka {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private ForeignKafka() {}

    /**
     * @param config the settings of TLS and login
     * @throws CannotRun when they are wrong, Kafka denies the login, or none of these bootstrap servers answers within 5 s
     */
    static void requireUsable(String servers, Optional<Path> config) {
        try {
            requireReachable(
                    KafkaAccessCheck.require(KafkaConnection.of(servers, config.orElse(null)), KafkaRights.NONE));
        } catch (KafkaConfigException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    private static void requireReachable(KafkaConnection connection) {
        try (var brief = new BriefAdmin(connection.client(Map.of()), LIMIT)) {
            brief.admin().describeCluster().nodes().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (KafkaException | ExecutionException | TimeoutException e) {
            throw new CannotRun(
                    (KafkaAccessCheck.acceptsConnections(connection)
                                    ? "%s accepts connections and does not answer as Kafka: name Kafka's port with --kafka, or start Kafka behind it"
                                    : "Kafka is unreachable at %s: start it, or name another with --kafka")
                            .formatted(connection.servers()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotRun("interrupted while connecting to Kafka at " + connection.servers(), e);
        }
    }
}
