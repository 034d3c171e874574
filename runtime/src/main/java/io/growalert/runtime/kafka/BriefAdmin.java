package io.growalert.runtime.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * An admin client for a few requests, each within a limit, to a server that may not be Kafka. Its end waits for no request: Kafka's
 * own close waits for the client's thread without a limit, and that thread was seen to stay when an HTTP server had answered.
 */
public final class BriefAdmin implements AutoCloseable {
    private final Admin admin;

    /** @param settings of the connection, as {@link KafkaConnection#client} has them */
    public BriefAdmin(Map<String, Object> settings, Duration limit) {
        var all = new HashMap<>(settings);
        int millis = Math.toIntExact(limit.toMillis());
        all.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
        all.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
        all.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        admin = Admin.create(all);
    }

    public Admin admin() {
        return admin;
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
