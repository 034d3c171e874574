package io.growalert.benchmarks.gateway;

import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.ServiceProcess;
import io.growalert.gateway.Gateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The gateway as the benchmarks start it, and the requests that they send to it. */
final class GatewayInstance {
    static final String OPERATOR_TOKEN = "an-operator-token-of-a-benchmark";

    /** For what is measured without limits by address: more than can be sent. */
    static final Map<String, String> UNLIMITED = Map.of(
            "growalert.gateway.routes.customers.requests", "1000000",
            "growalert.gateway.routes.customers.per", "1s",
            "growalert.gateway.routes.webhook.requests", "1000000",
            "growalert.gateway.routes.webhook.per", "1s");

    private GatewayInstance() {}

    /**
     * Starts it in a JVM of 256 MB and returns at once.
     *
     * @param billing the port of billing, or of what stands in for it
     * @param others the port of what stands in for the monitor and dispatcher services
     * @param settings above its own, by property name
     */
    static ServiceProcess start(Path console, int billing, int others, Map<String, String> settings)
            throws IOException {
        var all = new HashMap<String, String>();
        all.put("growalert.gateway.operator-token", OPERATOR_TOKEN);
        all.put("growalert.gateway.backends.billing.url", "http://127.0.0.1:" + billing);
        all.put("growalert.gateway.backends.monitors.url", "http://127.0.0.1:" + others);
        all.put("growalert.gateway.backends.dispatcher.url", "http://127.0.0.1:" + others);
        all.putAll(settings);
        return new ServiceProcess(
                Gateway.class, console, PortRange.free(0), "/health", List.of("-Xmx256m", "-XX:+UseSerialGC"), all);
    }
}
