package io.growalert.standalone;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The arguments of {@code growalert up}.
 *
 * @param files definition files; none for the room example
 * @param httpPort of the gateway; monitor-service, dispatcher, billing-service, stripe-sandbox and history-service have the next
 *     ones, in this order
 * @param kafka bootstrap servers of a foreign Kafka, empty for the embedded one
 * @param kafkaConfig the settings of TLS and login for a foreign Kafka
 * @param postgres a foreign database, empty for the embedded one
 * @param prune whether the files may remove most of the monitors
 * @param billing the account that bills customers; empty without billing
 * @param history whether the history-service runs
 * @param https of the gateway, instead of http; empty for http
 */
record UpSettings(
        List<Path> files,
        int httpPort,
        int kafkaPort,
        int postgresPort,
        Optional<String> kafka,
        Optional<Path> kafkaConfig,
        Optional<PostgresTarget> postgres,
        boolean prune,
        Optional<StripeAccount> billing,
        boolean history,
        Optional<Https> https) {
    UpSettings {
        files = List.copyOf(files);
    }

    boolean isExample() {
        return files.isEmpty();
    }

    /** Of a service, by its prefix. */
    Map<String, Object> kafkaProperties(String prefix, String servers) {
        var properties = new HashMap<String, Object>(Map.of(prefix + ".kafka", servers));
        kafkaConfig.ifPresent(file -> properties.put(prefix + ".kafka-config", file));
        if (kafka.isEmpty()) {
            properties.put(prefix + ".session-timeout", "6s");
        }
        return properties;
    }

    /** Whether stripe-sandbox takes Stripe's place. */
    boolean usesSandbox() {
        return billing.filter(StripeAccount.Sandbox.class::isInstance).isPresent();
    }

    int gatewayPort() {
        return https.map(Https::port).orElse(httpPort);
    }

    /** As this machine reaches the gateway. */
    String gatewayUrl() {
        return "%s://%s:%d".formatted(https.isPresent() ? "https" : "http", LoopbackPorts.LOOPBACK, gatewayPort());
    }

    int monitorsHttpPort() {
        return httpPort + 1;
    }

    int dispatcherHttpPort() {
        return httpPort + 2;
    }

    int billingHttpPort() {
        return httpPort + 3;
    }

    int sandboxPort() {
        return httpPort + 4;
    }

    int historyHttpPort() {
        return httpPort + 5;
    }
}
