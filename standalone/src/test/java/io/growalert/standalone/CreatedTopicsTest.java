package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.BillingService;
import io.growalert.dispatcher.AlertDispatcher;
import io.growalert.events.Topics;
import io.growalert.history.HistoryService;
import io.growalert.monitor.MonitorService;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.StripeSandbox;
import io.growalert.testkit.TestIdentity;
import io.growalert.testkit.TestKafka;
import io.growalert.testkit.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each service is the first one on an empty Kafka that creates whatever topic a client requests, with one partition. */
class CreatedTopicsTest {
    private static final int PARTITIONS = 3;

    @TempDir
    private static Path folder;

    private static final TestIdentity IDENTITY = new TestIdentity();
    private static TestPostgres database;
    private TestKafka kafka;
    private Admin admin;

    @BeforeAll
    static void startDatabase() {
        database = new TestPostgres();
    }

    @AfterAll
    static void stopDatabase() {
        database.close();
    }

    @BeforeEach
    void start() {
        kafka = new TestKafka(true);
        admin = Admin.create(Map.of("bootstrap.servers", kafka.address()));
    }

    @AfterEach
    void stop() {
        admin.close();
        kafka.close();
    }

    @Test
    void the_monitor_service_creates_its_topics_itself() throws Exception {
        var settings = settings("monitor");
        settings.put("growalert.monitor.files", List.of(definitions()));
        settings.put("growalert.monitor.data", folder.resolve("monitor"));
        try (var _ = MonitorService.start(settings)) {
            assertCreated(Set.of(Topics.MONITORS, Topics.CHECK_RESULTS));
        }
    }

    @Test
    void the_dispatcher_creates_its_topics_itself() throws Exception {
        var settings = settings("dispatcher");
        settings.put("growalert.dispatcher.files", List.of(definitions()));
        settings.put("growalert.dispatcher.data", folder.resolve("dispatcher"));
        database(settings, "dispatcher");
        try (var _ = AlertDispatcher.start(settings)) {
            assertCreated(Set.of(
                    Topics.MONITORS,
                    Topics.CHECK_RESULTS,
                    Topics.ALERTS,
                    Topics.deadLetters(Topics.ALERTS),
                    Topics.ALERT_COMMANDS,
                    Topics.NOTIFICATIONS,
                    Topics.HEARTBEATS));
        }
    }

    @Test
    void the_history_service_creates_its_topics_itself() throws Exception {
        var settings = settings("history");
        database(settings, "history");
        try (var _ = HistoryService.start(settings)) {
            assertCreated(Set.of(Topics.MONITORS, Topics.CHECK_RESULTS, Topics.ALERTS, Topics.NOTIFICATIONS));
        }
    }

    @Test
    void the_billing_service_creates_its_topics_itself() throws Exception {
        var settings = settings("billing");
        database(settings, "billing");
        try (var stripe = StripeSandbox.start(Options.defaults())) {
            settings.put("growalert.billing.stripe.api-base", stripe.apiBase());
            settings.put("growalert.billing.stripe.secret-key", StripeSandbox.SECRET_KEY);
            settings.put("growalert.billing.stripe.publishable-key", StripeSandbox.PUBLISHABLE_KEY);
            settings.put("growalert.billing.webhook.secrets", "whsec_nobody");
            settings.put("growalert.billing.customer.prices", "monthly");
            settings.put("growalert.billing.customer.device.amount", "100");
            settings.put("growalert.billing.customer.device.currency", "eur");
            settings.put("growalert.billing.customer.session.keys", "A".repeat(43));
            try (var _ = BillingService.start(settings)) {
                assertCreated(Set.of(Topics.BILLING, Topics.ENTITLEMENTS));
            }
        }
    }

    /** All of the service's, and no other one with the broker's number of partitions. */
    private void assertCreated(Set<String> expected) throws Exception {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> admin.listTopics().names().get().containsAll(expected));
        var ours = admin.listTopics().names().get().stream()
                // Kafka Streams creates these, for each of which it counts the partitions of its source
                .filter(name -> name.startsWith("growalert.") && !name.endsWith("-changelog"))
                .collect(Collectors.toSet());
        var partitions = admin.describeTopics(ours).allTopicNames().get().values().stream()
                .collect(Collectors.toMap(
                        TopicDescription::name, topic -> topic.partitions().size()));
        assertThat(partitions).allSatisfy((name, count) -> assertThat(count).isEqualTo(PARTITIONS));
    }

    private Map<String, Object> settings(String service) {
        var settings = new HashMap<String, Object>();
        settings.put("server.port", 0);
        settings.put("growalert.identity.public-key", IDENTITY.publicKey());
        settings.put("growalert.%s.kafka".formatted(service), kafka.address());
        settings.put("growalert.%s.partitions".formatted(service), PARTITIONS);
        return settings;
    }

    private static void database(Map<String, Object> settings, String service) {
        settings.put("growalert.%s.database.url".formatted(service), database.url());
        settings.put("growalert.%s.database.username".formatted(service), "postgres");
    }

    private static Path definitions() throws Exception {
        return Files.writeString(
                folder.resolve("definitions.yaml"), """
                sources:
                  farm: {postgres: {url: "%s", username: postgres}}
                receivers:
                  console: {log: {}}
                monitors:
                  - {id: room, every: 1s, source: farm, query: "SELECT 1.0 AS value WHERE :from < :to", window: 5m, fail: {above: 1}, alert: {receivers: [console]}}
                """.formatted(database.url().replaceFirst("\\?.*", "")));
    }
}
