package io.growalert.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.growalert.events.Topics;
import io.growalert.testkit.DocumentedRights;
import io.growalert.testkit.SecureKafka;
import io.growalert.testkit.TestCa;
import io.growalert.testkit.TestKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.SecurityUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.boot.health.contributor.Status;

/** Against a broker that requires TLS and login and grants what docs/examples/acls.sh does. Tests that wait for timeouts run beside the others. */
class KafkaAccessCheckTest {
    private static final Path DOCS = Path.of("../docs");
    private static final List<AclBinding> DOCUMENTED = DocumentedRights.read(DOCS.resolve("examples/acls.sh"));
    private static final KafkaRights MONITORS = KafkaRights.MONITOR_SERVICE;
    private static final Set<String> TOPICS = DOCUMENTED.stream()
            .map(AclBinding::pattern)
            .filter(pattern -> pattern.resourceType() == ResourceType.TOPIC)
            .filter(pattern -> pattern.patternType() == PatternType.LITERAL)
            .map(pattern -> pattern.name())
            .collect(Collectors.toSet());

    @TempDir
    private static Path folder;

    private static SecureKafka kafka;

    @BeforeAll
    static void start() {
        kafka = SecureKafka.start(folder);
        KafkaRights.ALL.forEach(rights -> kafka.user(rights.service(), SecureKafka.password(rights.service())));
        kafka.grant(DOCUMENTED);
        var admin = kafka.config("admin", kafka.scram("admin", SecureKafka.password("admin")));
        new TopicCreator(KafkaConnection.of(kafka.scramAddress(), admin), 1).createMissing(TOPICS);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private static KafkaConnection connection(KafkaRights rights) {
        return connection(kafka.scramAddress(), Map.of(), rights);
    }

    private static KafkaConnection connection(String servers, Map<String, String> changed, KafkaRights rights) {
        var settings = new HashMap<>(kafka.scram(rights.service(), SecureKafka.password(rights.service())));
        settings.putAll(changed);
        // tests that run at the same time have files of their own
        return KafkaConnection.of(servers, kafka.config("kafka-" + UUID.randomUUID(), settings));
    }

    private static Optional<String> denial(KafkaConnection connection) {
        return new KafkaAccessCheck(connection, MONITORS).denial();
    }

    /** As docs/operations.md has it. */
    private static void assertDocumented(String line, String servers) throws Exception {
        var general = line.replace(servers, "kafka-1:9093")
                .replace(folder.toString(), "/etc/growalert")
                .replaceAll("kafka-[0-9a-f-]{36}", "kafka")
                .replaceAll("NotAfter: [^)]*", "NotAfter: ...");
        assertThat(Files.readAllLines(DOCS.resolve("operations.md"))).contains(general);
    }

    @Test
    void the_documented_rights_are_those_that_the_services_check() {
        var checked = new HashSet<String>();
        KafkaRights.ALL.forEach(rights -> rights.rights().forEach(right -> right.operations()
                .forEach(operation ->
                        checked.add("User:%s %s %s".formatted(rights.service(), operation, right.resource())))));

        assertThat(DOCUMENTED)
                .extracting(right -> "%s %s %s"
                        .formatted(right.entry().principal(), right.entry().operation(), right.pattern()))
                .containsExactlyInAnyOrderElementsOf(checked);
    }

    @Test
    void each_missing_right_is_named() {
        for (var rights : KafkaRights.ALL) {
            var connection = connection(rights);
            var access = new KafkaAccessCheck(connection, rights);
            assertThat(access.denial()).as(rights.service()).isEmpty();
            DOCUMENTED.stream()
                    .filter(right -> right.entry().principal().equals("User:" + rights.service()))
                    // the topics of Kafka Streams do not exist yet
                    .filter(right -> right.pattern().patternType() == PatternType.LITERAL
                            || right.pattern().resourceType() == ResourceType.TRANSACTIONAL_ID)
                    .forEach(right -> {
                        kafka.revoke(right);
                        var operation =
                                SecurityUtils.operationName(right.entry().operation());
                        await(right.toString()).atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                                        access.denial().orElse(""))
                                .startsWith(
                                        "Kafka at %s denies the %s: ".formatted(connection.servers(), rights.service()))
                                .contains(operation + " on ")
                                .contains(right.pattern().name()));
                        kafka.grant(List.of(right));
                    });
            await().atMost(Duration.ofSeconds(30)).until(() -> access.denial().isEmpty());
        }
    }

    @Test
    void a_wrong_password_is_one_line() throws Exception {
        var jaas = SecureKafka.jaas("monitor-service", "wrong");
        var connection = connection(kafka.scramAddress(), Map.of("sasl.jaas.config", jaas), MONITORS);

        assertThatThrownBy(() -> KafkaAccessCheck.require(connection, MONITORS))
                .isInstanceOf(KafkaConfigException.class);
        assertDocumented(denial(connection).orElseThrow(), connection.servers());
    }

    @Test
    void an_unknown_authority_is_one_line() throws Exception {
        var other = Files.writeString(folder.resolve("other.pem"), new TestCa("other").certificatePem());
        var connection =
                connection(kafka.scramAddress(), Map.of("ssl.truststore.location", other.toString()), MONITORS);

        assertDocumented(denial(connection).orElseThrow(), connection.servers());
    }

    @Test
    void a_host_that_is_not_in_the_certificate_is_one_line() throws Exception {
        var connection = connection(kafka.scramAddress().replace("127.0.0.1", "localhost"), Map.of(), MONITORS);

        assertDocumented(denial(connection).orElseThrow(), connection.servers());
    }

    @Test
    void an_expired_certificate_of_the_broker_is_one_line() throws Exception {
        var expired = kafka.ca().issue("broker", "127.0.0.1", Instant.now().minus(Duration.ofMinutes(1)));
        try (var server = new TlsServer(expired)) {
            var connection = connection(server.address(), Map.of(), MONITORS);

            assertDocumented(denial(connection).orElseThrow(), connection.servers());
        }
    }

    @Test
    void an_expired_certificate_of_the_service_is_one_line() throws Exception {
        var expired =
                kafka.ca().issue("monitor-service", "client", Instant.now().minus(Duration.ofMinutes(1)));
        var config = kafka.config("kafka", kafka.tls(kafka.keystore("kafka", expired)));

        assertThatThrownBy(() -> KafkaConnection.of(kafka.tlsAddress(), config))
                .isInstanceOf(KafkaConfigException.class)
                .satisfies(e -> assertDocumented(String.valueOf(e.getMessage()), kafka.tlsAddress()));
    }

    @Test
    void a_certificate_that_the_broker_does_not_trust_is_one_line() throws Exception {
        var foreign = new TestCa("other").issue("monitor-service", "client");
        var config = kafka.config("kafka", kafka.tls(kafka.keystore("kafka", foreign)));
        var connection = KafkaConnection.of(kafka.tlsAddress(), config);

        assertDocumented(
                denial(connection).orElseThrow().replaceAll("alert: \\w+", "alert: ..."), connection.servers());
    }

    @Test
    void a_certificate_of_the_service_is_its_login() {
        var identity = kafka.ca().issue("monitor-service", "client");
        var config = kafka.config("kafka", kafka.tls(kafka.keystore("kafka", identity)));

        assertThat(denial(KafkaConnection.of(kafka.tlsAddress(), config))).isEmpty();
    }

    @Test
    void a_running_client_uses_an_authority_that_is_replaced_on_disk() throws Exception {
        var trusted = Files.writeString(folder.resolve("trusted.pem"), new TestCa("other").certificatePem());
        var connection =
                connection(kafka.scramAddress(), Map.of("ssl.truststore.location", trusted.toString()), MONITORS);
        var settings = connection.client(Map.of("max.block.ms", 5_000));
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            assertThatThrownBy(() -> producer.partitionsFor(Topics.MONITORS))
                    .isInstanceOf(SslAuthenticationException.class);

            Files.writeString(trusted, kafka.ca().certificatePem());

            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> !producer.partitionsFor(Topics.MONITORS).isEmpty());
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void a_client_without_tls_at_a_port_with_tls_is_one_line() throws Exception {
        var connection = KafkaConnection.at(kafka.scramAddress());

        assertDocumented(denial(connection).orElseThrow(), connection.servers());
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void a_client_with_tls_at_a_port_without_is_one_line() throws Exception {
        var connection = connection(TestKafka.bootstrapServers(), Map.of(), MONITORS);

        assertDocumented(denial(connection).orElseThrow(), connection.servers());
    }

    @Test
    void an_unreachable_broker_denies_nothing() {
        assertThat(denial(connection("127.0.0.1:1", Map.of(), MONITORS))).isEmpty();
    }

    @Test
    void settings_that_kafkas_client_rejects_are_one_line() throws Exception {
        var config = kafka.config(
                "kafka",
                Map.of(
                        "security.protocol",
                        "SASL_PLAINTEXT",
                        "sasl.mechanism",
                        "GSSAPI",
                        "sasl.jaas.config",
                        "com.sun.security.auth.module.Krb5LoginModule required useTicketCache=true;"));
        var connection = KafkaConnection.of(TestKafka.bootstrapServers(), config);

        assertThatThrownBy(() -> KafkaAccessCheck.require(connection, MONITORS))
                .isInstanceOf(KafkaConfigException.class);
        assertDocumented(denial(connection).orElseThrow(), connection.servers());
    }

    @Test
    void a_broker_whose_name_does_not_resolve_denies_nothing() {
        assertThat(denial(connection("kafka.invalid:9093", Map.of(), MONITORS))).isEmpty();
        assertThat(Denial.isUnresolved(new KafkaException(
                        new ConfigException("No resolvable bootstrap urls given in bootstrap.servers"))))
                .isTrue();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void a_server_that_closes_each_connection_denies_nothing() throws Exception {
        try (var server = new ClosingServer()) {
            assertThat(denial(connection(server.address(), Map.of(), MONITORS))).isEmpty();
            assertThat(denial(KafkaConnection.at(server.address()))).isEmpty();
        }
    }

    @Test
    void a_client_with_tls_at_a_web_server_is_one_line() throws Exception {
        try (var server = StandInServer.http()) {
            var connection = connection(server.address(), Map.of(), MONITORS);

            assertDocumented(denial(connection).orElseThrow(), connection.servers());
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void a_server_that_never_ends_a_tls_record_denies_nothing() throws Exception {
        // a handshake of 16 KB
        try (var server = StandInServer.dripping(22, 3, 3, 64, 0)) {
            assertThat(denial(connection(server.address(), Map.of(), MONITORS))).isEmpty();
            assertThat(denial(KafkaConnection.at(server.address()))).isEmpty();
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void a_server_that_never_ends_its_answer_denies_nothing() throws Exception {
        try (var server = StandInServer.dripping(0, 0, 0, 100)) {
            assertThat(denial(KafkaConnection.at(server.address()))).isEmpty();
        }
    }

    @Test
    void access_is_that_of_the_running_clients_when_a_password_changes() throws Exception {
        var rights = KafkaRights.HISTORY_SERVICE;
        var secret = Files.writeString(folder.resolve("history-password"), SecureKafka.password(rights.service()));
        var jaas = SecureKafka.jaas(rights.service(), "${directory:%s:history-password}".formatted(folder));
        var access = new KafkaAccessCheck(
                connection(kafka.scramAddress(), Map.of("sasl.jaas.config", jaas), rights), rights);

        kafka.user(rights.service(), "another");
        Files.writeString(secret, "another");
        try {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(access.finding().reason())
                            .contains("rejects the login")
                            .endsWith("restart the service"));
        } finally {
            kafka.user(rights.service(), SecureKafka.password(rights.service()));
        }
    }

    @Test
    void health_is_down_while_the_password_is_revoked_and_recovers() {
        var rights = KafkaRights.BILLING_SERVICE;
        var health = new KafkaAccessHealth(new KafkaAccessCheck(connection(rights), rights));
        kafka.user(rights.service(), "another");

        await().atMost(Duration.ofSeconds(30))
                .until(() -> health.health().getStatus().equals(Status.DOWN));
        assertThat(health.health().getDetails().toString()).contains("rejects the login");
        kafka.user(rights.service(), SecureKafka.password(rights.service()));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> health.health().getStatus().equals(Status.UP));
    }
}
