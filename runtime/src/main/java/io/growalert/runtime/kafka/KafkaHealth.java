package io.growalert.runtime.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether Kafka is reachable. */
public final class KafkaHealth extends AbstractHealthIndicator implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 3;

    private final KafkaConnection connection;
    private final String clientId;
    private @Nullable Admin admin;

    public KafkaHealth(KafkaConnection connection, String clientId) {
        super("Kafka is unreachable or denies access");
        this.connection = connection;
        this.clientId = clientId;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) throws Exception {
        var nodes = admin().describeCluster().nodes().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        builder.up().withDetail("brokers", nodes.size());
    }

    /** Created on first use: a broker whose name does not resolve yet must not prevent the start. */
    private synchronized Admin admin() {
        var open = admin;
        if (open == null) {
            open = Admin.create(connection.client(Map.of(AdminClientConfig.CLIENT_ID_CONFIG, clientId)));
            admin = open;
        }
        return open;
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }
}
