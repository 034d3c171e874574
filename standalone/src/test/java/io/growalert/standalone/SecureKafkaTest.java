package io.growalert.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.growalert.billing.BillingService;
import io.growalert.dispatcher.AlertDispatcher;
import io.growalert.events.Topics;
import io.growalert.history.HistoryService;
import io.growalert.monitor.MonitorService;
import io.growalert.runtime.StartFailure;
import io.growalert.runtime.kafka.KafkaAccessHealth;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.KafkaRights;
import io.growalert.runtime.kafka.TopicCreator;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.StripeSandbox;
import io.growalert.testkit.DocumentedRights;
import io.growalert.testkit.SecureKafka;
import io.growalert.testkit.StubServer;
import io.growalert.testkit.TestIdentity;
import io.growalert.testkit.TestPostgres;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;

/** The services on a cluster that requires TLS and login, with the rights that docs/examples/acls.sh grants and no others. */
class SecureKafkaTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PARTITIONS = 2;
    private static final List<AclBinding> DOCUMENTED = DocumentedRights.read(Path.of("../docs/examples/acls.sh"));

    @TempDir
    private static Path folder;

    private static final TestIdentity IDENTITY = new TestIdentity();
    private static SecureKafka kafka;
    private static TestPostgres database;
    private static StubServer receiver;

    @BeforeAll
    static void start() {
        kafka = SecureKafka.start(folder);
        KafkaRights.ALL.forEach(rights -> kafka.user(rights.service(), SecureKafka.password(rights.service())));
        kafka.grant(DOCUMENTED);
        var admin = kafka.config("admin", kafka.scram("admin", SecureKafka.password("admin")));
        var topics = DOCUMENTED.stream()
                .map(AclBinding::pattern)
                .filter(pattern ->
                        pattern.resourceType() == ResourceType.TOPIC && pattern.patternType() == PatternType.LITERAL)
                .map(pattern -> pattern.name())
                .collect(Collectors.toSet());
        new TopicCreator(KafkaConnection.of(kafka.scramAddress(), admin), PARTITIONS).createMissing(topics);
        database = new TestPostgres();
        receiver = new StubServer();
    }

    @AfterAll
    static void stop() {
        receiver.close();
        database.close();
        kafka.close();
    }

    private static final String BILLING_EVENT = """
            insert into billing.outbox (id, key, type, subject, time, body)
            values ('event', 'cus_1', 'io.growalert.billing.customer.created', 'cus_1', now(), '{}')
            """;

    @Test
    void all_services_work_with_the_documented_rights_and_recover_when_one_is_granted_again() throws Exception {
        try (var monitors = MonitorService.start(monitors("scram", scram("monitor-service")));
                var dispatcher = AlertDispatcher.start(dispatcher("scram", scram("alert-dispatcher")));
                var history = HistoryService.start(history());
                var stripe = StripeSandbox.start(Options.defaults());
                var billing = BillingService.start(billing(stripe));
                var admin = kafka.admin()) {
            awaitAlertOf("scram");
            await().atMost(PATIENCE)
                    .until(() -> database.jdbc()
                                    .sql("select count(*) from history.runs")
                                    .query(Long.class)
                                    .single()
                            > 0);
            database.jdbc().sql(BILLING_EVENT).update();
            await().atMost(PATIENCE).until(() -> records(admin, Topics.BILLING) > 0);
            for (var service : List.of(monitors, dispatcher, history, billing)) {
                assertThat(access(service).health().getStatus()).isEqualTo(Status.UP);
            }

            resultsWaitForTheRight(monitors, admin);
            alertsWaitForTheRight(dispatcher, admin);
        }
    }

    private static void resultsWaitForTheRight(ConfigurableApplicationContext monitors, Admin admin) {
        var right = right("monitor-service", ResourceType.TOPIC, Topics.CHECK_RESULTS, AclOperation.WRITE);
        kafka.revoke(right);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(access(monitors).health().getDetails())
                        .hasToString(
                                "{reason=Kafka at %s denies the monitor-service: Write on topic growalert.check-results; grant it as in docs/examples/acls.sh}",
                                kafka.scramAddress()));
        long before = records(admin, Topics.CHECK_RESULTS);
        kafka.grant(List.of(right));
        await().atMost(PATIENCE).until(() -> records(admin, Topics.CHECK_RESULTS) > before);
        await().atMost(PATIENCE)
                .until(() -> access(monitors).health().getStatus().equals(Status.UP));
        assertThat(monitors.getBean(MeterRegistry.class)
                        .counter("growalert.results.refused")
                        .count())
                .isZero();
    }

    private static void alertsWaitForTheRight(ConfigurableApplicationContext dispatcher, Admin admin) throws Exception {
        var right =
                right("alert-dispatcher", ResourceType.TRANSACTIONAL_ID, "growalert.alert-state-", AclOperation.WRITE);
        kafka.revoke(right);
        var state = dispatcher.getBean("stateStreamsHealthIndicator", HealthIndicator.class);
        database.jdbc().sql("update reading set value = 1").update();
        awaitBesidesDyingThreads()
                .atMost(PATIENCE)
                .until(() -> requireNonNull(state.health()).getStatus().equals(Status.DOWN));
        assertThat(requireNonNull(state.health()).getDetails().toString()).contains("TransactionalId");
        kafka.grant(List.of(right));
        awaitBesidesDyingThreads().atMost(PATIENCE).until(() -> receiver.requests().stream()
                .anyMatch(seen -> seen.text().contains("resolved")));
        awaitBesidesDyingThreads()
                .atMost(Duration.ofMinutes(4))
                .until(() -> requireNonNull(state.health()).getStatus().equals(Status.UP));
        assertThat(records(admin, Topics.ALERTS)).isPositive();
    }

    /** Kafka Streams' threads end with an exception, and are replaced. */
    private static ConditionFactory awaitBesidesDyingThreads() {
        return await().dontCatchUncaughtExceptions();
    }

    @Test
    void the_alerting_path_works_with_certificates_as_logins() throws Exception {
        try (var monitors = MonitorService.start(monitors("mutual", certificate("monitor-service")));
                var dispatcher = AlertDispatcher.start(dispatcher("mutual", certificate("alert-dispatcher")))) {
            awaitAlertOf("mutual");

            assertThat(List.of(monitors.isRunning(), dispatcher.isRunning())).containsOnly(true);
        }
    }

    @Test
    void a_foreign_client_with_a_certificate_reads_what_it_has_the_right_to() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/kcat")), "kcat is not installed");
        // which no service reads
        var topic = Topics.deadLetters(Topics.ALERTS);
        kafka.grant(List.of(new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry("User:reader", "*", AclOperation.READ, AclPermissionType.ALLOW))));
        var admin = KafkaConnection.of(
                kafka.scramAddress(), kafka.config("admin", kafka.scram("admin", SecureKafka.password("admin"))));
        try (var producer =
                new KafkaProducer<>(admin.client(Map.of()), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, "for the reader")).get();
        }

        assertThat(kcat(topic)).contains("for the reader");
        assertThat(kcat(Topics.MONITORS)).contains("Topic authorization failed");
    }

    /**
     * With a certificate: librdkafka before 2.6.1 sends its SCRAM nonce twice, which Kafka rejects since CVE-2024-56128.
     *
     * @return what it prints, errors too
     */
    private static String kcat(String topic) throws Exception {
        var keystore = kafka.keystore("reader", kafka.ca().issue("reader", "client"));
        var settings = Files.writeString(
                folder.resolve("kcat.properties"), """
                security.protocol=SSL
                ssl.certificate.location=%1$s
                ssl.key.location=%1$s
                ssl.ca.location=%2$s
                isolation.level=read_committed
                """.formatted(keystore, folder.resolve("authority.pem")));
        var kcat = new ProcessBuilder(
                        "timeout",
                        "30",
                        "kcat",
                        "-F",
                        settings.toString(),
                        "-C",
                        "-e",
                        "-q",
                        "-b",
                        kafka.tlsAddress(),
                        "-t",
                        topic)
                .redirectErrorStream(true)
                .start();
        return new String(kcat.getInputStream().readAllBytes(), UTF_8);
    }

    @Test
    void a_service_without_a_right_does_not_start() throws Exception {
        var right = right("history-service", ResourceType.GROUP, "growalert-history", AclOperation.READ);
        kafka.revoke(right);
        try {
            assertThatThrownBy(() -> HistoryService.start(history()))
                    .isInstanceOf(StartFailure.class)
                    .hasMessage(
                            "Kafka at %s denies the history-service: Read on group growalert-history; grant it as in docs/examples/acls.sh",
                            kafka.scramAddress());
        } finally {
            kafka.grant(List.of(right));
        }
    }

    private static AclBinding right(String service, ResourceType type, String name, AclOperation operation) {
        return DOCUMENTED.stream()
                .filter(right -> right.entry().principal().equals("User:" + service)
                        && right.entry().operation() == operation
                        && right.pattern().resourceType() == type
                        && right.pattern().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static KafkaAccessHealth access(ConfigurableApplicationContext service) {
        return service.getBean(KafkaAccessHealth.class);
    }

    private static void awaitAlertOf(String monitor) {
        await().atMost(PATIENCE).until(() -> receiver.requests().stream()
                .anyMatch(seen -> seen.text().contains(monitor) && seen.text().contains("firing")));
    }

    private static long records(Admin admin, String topic) {
        var partitions = IntStream.range(0, PARTITIONS)
                .boxed()
                .collect(Collectors.toMap(number -> new TopicPartition(topic, number), _ -> OffsetSpec.latest()));
        return SecureKafka.get(admin.listOffsets(partitions).all()).values().stream()
                .mapToLong(end -> end.offset())
                .sum();
    }

    private static Map<String, Object> scram(String service) {
        return Map.of(
                "kafka",
                kafka.scramAddress(),
                "kafka-config",
                kafka.config(service, kafka.scram(service, SecureKafka.password(service))));
    }

    private static Map<String, Object> certificate(String service) {
        var keystore = kafka.keystore(service, kafka.ca().issue(service, "client"));
        return Map.of("kafka", kafka.tlsAddress(), "kafka-config", kafka.config(service + "-tls", kafka.tls(keystore)));
    }

    private static Map<String, Object> monitors(String monitor, Map<String, Object> login) throws Exception {
        var settings = settings("growalert.monitor", login);
        settings.put("growalert.monitor.files", List.of(definitions(monitor)));
        settings.put("growalert.monitor.data", folder.resolve(monitor + "-monitors"));
        settings.put("growalert.monitor.origin", monitor);
        settings.put("growalert.monitor.session-timeout", "6s");
        return settings;
    }

    private static Map<String, Object> dispatcher(String monitor, Map<String, Object> login) throws Exception {
        var settings = settings("growalert.dispatcher", login);
        settings.put("growalert.dispatcher.files", List.of(definitions(monitor)));
        settings.put("growalert.dispatcher.data", folder.resolve(monitor + "-dispatcher"));
        settings.put("growalert.dispatcher.session-timeout", "6s");
        database(settings, "growalert.dispatcher");
        return settings;
    }

    private static Map<String, Object> history() {
        var settings = settings("growalert.history", scram("history-service"));
        database(settings, "growalert.history");
        return settings;
    }

    private static Map<String, Object> billing(StripeSandbox stripe) {
        var settings = settings("growalert.billing", scram("billing-service"));
        database(settings, "growalert.billing");
        settings.put("growalert.billing.stripe.api-base", stripe.apiBase());
        settings.put("growalert.billing.stripe.secret-key", StripeSandbox.SECRET_KEY);
        settings.put("growalert.billing.stripe.publishable-key", StripeSandbox.PUBLISHABLE_KEY);
        settings.put("growalert.billing.webhook.secrets", "whsec_nobody");
        settings.put("growalert.billing.customer.prices", "monthly");
        settings.put("growalert.billing.customer.device.amount", "100");
        settings.put("growalert.billing.customer.device.currency", "eur");
        settings.put("growalert.billing.customer.session.keys", "A".repeat(43));
        return settings;
    }

    private static Map<String, Object> settings(String prefix, Map<String, Object> login) {
        var settings = new HashMap<String, Object>();
        login.forEach((key, value) -> settings.put(prefix + "." + key, value));
        settings.put("server.port", 0);
        settings.put("growalert.identity.public-key", IDENTITY.publicKey());
        return settings;
    }

    private static void database(Map<String, Object> settings, String prefix) {
        settings.put(prefix + ".database.url", database.url());
        settings.put(prefix + ".database.username", "postgres");
    }

    private static Path definitions(String monitor) throws Exception {
        database.jdbc()
                .sql("create table if not exists reading as select 1200.0::float8 as value")
                .update();
        return Files.writeString(folder.resolve(monitor + ".yaml"), """
                sources:
                  farm: {postgres: {url: "%s", username: postgres}}
                receivers:
                  hook: {webhook: {url: "%s", secret: whsec_c2VjcmV0c2VjcmV0c2VjcmV0}}
                monitors:
                  - id: %s
                    every: 1s
                    source: farm
                    query: "SELECT value FROM reading WHERE :from < :to"
                    window: 5m
                    fail: {above: 1000}
                    alert: {after: 1, receivers: [hook]}
                """.formatted(
                        database.url().replaceFirst("\\?.*", ""), receiver.url(), monitor));
    }
}
