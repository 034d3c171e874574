package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.billing.StripeTraffic;
import io.growalert.benchmarks.process.PortRange;
import io.growalert.benchmarks.process.ServiceProcess;
import io.growalert.billing.BillingService;
import io.growalert.dispatcher.AlertDispatcher;
import io.growalert.gateway.Gateway;
import io.growalert.history.HistoryService;
import io.growalert.monitor.MonitorService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** All services as separate processes on one Kafka and one PostgreSQL, two of the monitor-service and of the dispatcher. */
final class Services implements AutoCloseable {
    /** The quick compiler only: they start often, and many of them share a small machine. */
    private static final List<String> JVM =
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError");

    private final Map<String, ServiceProcess> all = new LinkedHashMap<>();
    private final Path folder;
    private final Map<String, Map<String, String>> environments;

    /** @param environments variables of single services, by name */
    private Services(Path folder, Map<String, Map<String, String>> environments) {
        this.folder = folder;
        this.environments = environments;
    }

    /**
     * Starts them and returns when all are healthy.
     *
     * @param folder has a subfolder for each, by its name
     * @param gateway its port
     */
    static Services start(
            Path folder,
            int gateway,
            String kafka,
            String database,
            String files,
            StripeTraffic stripe,
            Map<String, Map<String, String>> environments)
            throws IOException, InterruptedException {
        var services = new Services(folder, environments);
        try {
            services.launch(gateway, kafka, database, files, stripe);
            for (var service : services.all.values()) {
                service.awaitHealthy();
            }
            return services;
        } catch (IOException | InterruptedException | RuntimeException e) {
            services.close();
            throw e;
        }
    }

    private void launch(int gateway, String kafka, String database, String files, StripeTraffic stripe)
            throws IOException {
        var ports = PortRange.several(6);
        Files.createDirectories(folder.resolve("gateway"));
        Files.writeString(token(), "an-operator-token-of-a-benchmark");
        launch(
                "gateway",
                Gateway.class,
                gateway,
                "/health",
                Map.ofEntries(
                        Map.entry("growalert.gateway.operator-token-file", token().toString()),
                        Map.entry("growalert.gateway.identity.private-key-file", file("gateway", "private-key")),
                        Map.entry("growalert.gateway.identity.public-key-file", publicKey()),
                        Map.entry("growalert.gateway.session.key-file", file("gateway", "session-key")),
                        Map.entry("growalert.gateway.backends.monitors.url", url(ports.get(0))),
                        Map.entry("growalert.gateway.backends.dispatcher.url", url(ports.get(2))),
                        Map.entry("growalert.gateway.backends.billing.url", url(ports.get(5))),
                        Map.entry("growalert.gateway.history-url", url(ports.get(4)))));
        for (int number = 0; number < 2; number++) {
            var suffix = number == 0 ? "-a" : "-b";
            launch(
                    "monitors" + suffix,
                    MonitorService.class,
                    ports.get(number),
                    "/actuator/health",
                    Map.of(
                            "growalert.monitor.kafka", kafka,
                            "growalert.monitor.files", files,
                            "growalert.monitor.data", file("monitors" + suffix, "data")));
            launch(
                    "dispatcher" + suffix,
                    AlertDispatcher.class,
                    ports.get(2 + number),
                    "/actuator/health",
                    Map.of(
                            "growalert.dispatcher.kafka", kafka,
                            "growalert.dispatcher.files", files,
                            "growalert.dispatcher.data", file("dispatcher" + suffix, "data"),
                            "growalert.dispatcher.database.url", database,
                            "growalert.dispatcher.database.username", "postgres"));
        }
        launch(
                "history",
                HistoryService.class,
                ports.get(4),
                "/actuator/health",
                Map.of(
                        "growalert.history.kafka", kafka,
                        "growalert.history.database.url", database,
                        "growalert.history.database.username", "postgres"));
        launch("billing", BillingService.class, ports.get(5), "/actuator/health", stripe.settings(database, kafka));
    }

    private void launch(String name, Class<?> main, int port, String health, Map<String, String> settings)
            throws IOException {
        var own = new HashMap<>(settings);
        if (!name.equals("gateway")) {
            own.remove("growalert.identity.public-key");
            own.put("growalert.identity.public-key-file", publicKey());
        }
        all.put(
                name,
                new ServiceProcess(
                        main, console(name), port, health, JVM, own, environments.getOrDefault(name, Map.of())));
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port;
    }

    private String publicKey() {
        return file("gateway", "public-key");
    }

    private String file(String service, String name) {
        return folder.resolve(service).resolve(name).toString();
    }

    /** The file with the operator token. */
    Path token() {
        return folder.resolve("gateway").resolve("operator-token");
    }

    Path console(String name) {
        return folder.resolve(name + ".log");
    }

    /** By name: gateway, monitors-a, monitors-b, dispatcher-a, dispatcher-b, history, billing. */
    ServiceProcess get(String name) {
        return Objects.requireNonNull(all.get(name), name);
    }

    Map<String, ServiceProcess> all() {
        return all;
    }

    /** The gateway first, so that it does not wait for the others. */
    @Override
    public void close() {
        all.values().forEach(ServiceProcess::close);
    }
}
