package io.growalert.standalone;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;

/** A Kafka outside of this process. */
final class ForeignKafka {
    private static final int LIMIT_MS = 5_000;

    private ForeignKafka() {}

    /** @throws CannotRun when none of these bootstrap servers answers within 5 s */
    static void requireReachable(String bootstrapServers) {
        var settings = Map.<String, Object>of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, LIMIT_MS,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, LIMIT_MS);
        try (var admin = Admin.create(settings)) {
            admin.describeCluster().nodes().get(LIMIT_MS, TimeUnit.MILLISECONDS);
        } catch (KafkaException | ExecutionException | TimeoutException e) {
            throw new CannotRun(
                    "Kafka is unreachable at %s: start it, or name another with --kafka".formatted(bootstrapServers),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotRun("interrupted while connecting to Kafka at " + bootstrapServers, e);
        }
    }
}
