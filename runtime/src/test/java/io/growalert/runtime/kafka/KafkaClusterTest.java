package io.growalert.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.testkit.TestCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

class KafkaClusterTest {
    private static final String SCRAM = """
            security.protocol=SASL_PLAINTEXT
            sasl.mechanism=SCRAM-SHA-512
            sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="u" password="%s";
            """;

    @TempDir
    private Path folder;

    private KafkaCluster cluster(String settings) throws Exception {
        return KafkaCluster.of("kafka-1:9093", Files.writeString(folder.resolve("kafka.properties"), settings));
    }

    private void assertRefused(String settings, String documented) throws Exception {
        assertThatThrownBy(() -> cluster(settings))
                .isInstanceOf(KafkaConfigException.class)
                .satisfies(e -> assertThat(Files.readAllLines(Path.of("../docs/operations.md")))
                        .contains(documented)
                        .contains(String.valueOf(e.getMessage()).replace(folder.toString(), "/etc/growalert")));
    }

    @Test
    void a_client_has_the_settings_of_the_connection_under_its_own() throws Exception {
        var cluster = cluster("client.dns.lookup=use_all_dns_ips\nconnections.max.idle.ms=1000\n");

        assertThat(cluster.client(Map.of("acks", "all", "connections.max.idle.ms", 5)))
                .isEqualTo(Map.of(
                        "bootstrap.servers",
                        "kafka-1:9093",
                        "client.dns.lookup",
                        "use_all_dns_ips",
                        "acks",
                        "all",
                        "connections.max.idle.ms",
                        5));
    }

    @Test
    void without_a_file_there_are_only_the_servers() {
        assertThat(KafkaCluster.at("a:1").client(Map.of())).isEqualTo(Map.of("bootstrap.servers", "a:1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "group.id",
                "isolation.level",
                "sasl.mechansim",
                "ssl.engine.factory.class",
                "metric.reporters",
                "bootstrap.servers"
            })
    void other_settings_are_refused_with_file_and_key(String key) {
        assertThatThrownBy(() -> cluster(key + "=x\n"))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageStartingWith(folder + "/kafka.properties: " + key);
    }

    @Test
    void a_refused_setting_is_the_documented_line() throws Exception {
        assertRefused(
                "acks=1\n",
                "/etc/growalert/kafka.properties: acks is not a setting of the connection; expected security.protocol, sasl.*, ssl.*, client.dns.lookup, socket.connection.setup.timeout.* or connections.max.idle.ms");
    }

    @Test
    void a_missing_file_is_the_documented_line() {
        assertThatThrownBy(() -> KafkaCluster.of("a:1", folder.resolve("kafka.properties")))
                .hasMessage(folder + "/kafka.properties: there is no such file with settings for Kafka");
    }

    @Test
    void a_login_without_its_protocol_is_the_documented_line() throws Exception {
        assertRefused(
                SCRAM.formatted("x").replace("security.protocol", "#"),
                "/etc/growalert/kafka.properties: security.protocol is PLAINTEXT, the default, which ignores sasl.jaas.config; expected SASL_SSL or SASL_PLAINTEXT");
    }

    @ParameterizedTest
    @CsvSource({
        "PLAINTEXT,ssl.protocol,SASL_SSL or SSL",
        "SASL_PLAINTEXT,ssl.protocol,SASL_SSL or SSL",
        "SSL,sasl.mechanism,SASL_SSL or SASL_PLAINTEXT"
    })
    void settings_that_the_protocol_ignores_are_refused(String protocol, String key, String expected) {
        assertThatThrownBy(() -> cluster("security.protocol=%s\n%s=x\n".formatted(protocol, key)))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageEndingWith(
                        "security.protocol is %s, which ignores %s; expected %s", protocol, key, expected);
    }

    @Test
    void a_login_and_tls_need_the_protocol_with_both() {
        assertThatThrownBy(() -> cluster(SCRAM.formatted("x") + "ssl.protocol=TLSv1.3\n"))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageEndingWith("expected SASL_SSL");
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_password_without_tls_is_warned_of_once(CapturedOutput output) throws Exception {
        var plain =
                "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"hidden\";\n";
        cluster(plain);
        cluster(plain);

        assertThat(output.getOut())
                .containsOnlyOnce("Password for Kafka is sent unencrypted")
                .doesNotContain("hidden");
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void scram_without_tls_is_not_warned_of(CapturedOutput output) throws Exception {
        cluster(SCRAM.formatted("x"));

        assertThat(output.getOut()).doesNotContain("unencrypted");
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void host_names_that_are_not_checked_are_warned_of_once(CapturedOutput output) throws Exception {
        var open = "security.protocol=SSL\nssl.endpoint.identification.algorithm=\n";
        cluster(open);
        cluster(open);

        assertThat(output.getOut()).containsOnlyOnce("Names in the certificates of Kafka are not checked");
    }

    @Test
    void a_missing_mechanism_is_the_documented_line() throws Exception {
        assertRefused(
                SCRAM.formatted("x").replace("sasl.mechanism", "#"),
                "/etc/growalert/kafka.properties: sasl.mechanism is missing; expected SCRAM-SHA-512 or SCRAM-SHA-256, as the module in sasl.jaas.config");
    }

    @Test
    void a_mechanism_of_another_login_module_is_refused() {
        assertThatThrownBy(() -> cluster(SCRAM.formatted("x").replace("SCRAM-SHA-512", "PLAIN")))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageContaining("sasl.mechanism is PLAIN; expected SCRAM-SHA-512 or SCRAM-SHA-256");
    }

    @Test
    void a_password_that_is_not_escaped_is_the_documented_line() throws Exception {
        assertRefused(
                SCRAM.formatted("s3c\"ret7"),
                "/etc/growalert/kafka.properties: sasl.jaas.config: expected MODULE required NAME=\"VALUE\" ...; with Kafka's ScramLoginModule or PlainLoginModule, or Krb5LoginModule; a backslash precedes \" and \\ in a value");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "com.sun.security.auth.module.JndiLoginModule required;",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;",
                "org.apache.kafka.common.security.plain.PlainLoginModule required",
                ""
            })
    void another_login_module_is_refused(String jaas) {
        assertThatThrownBy(() -> cluster("security.protocol=SASL_SSL\nsasl.jaas.config=" + jaas + "\n"))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageContaining("sasl.jaas.config: expected");
    }

    @Test
    void a_file_of_certificates_that_is_missing_is_named() {
        assertThatThrownBy(() -> cluster(
                        "security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.location=/no/such.pem\n"))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageContaining("ssl.truststore.location=/no/such.pem");
    }

    @Test
    void an_expired_authority_beside_the_own_certificate_is_accepted() throws Exception {
        var ca = new TestCa("authority");
        var own = ca.issue("monitor-service", "client");
        var expired = ca.issue("other", "client", Instant.now().minusSeconds(60));
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "own", own.keys().getPrivate(), "secret".toCharArray(), new Certificate[] {own.certificate()});
        store.setCertificateEntry("other", expired.certificate());
        var file = folder.resolve("kafka.p12");
        try (var out = Files.newOutputStream(file)) {
            store.store(out, "secret".toCharArray());
        }

        var cluster = cluster(
                "security.protocol=SSL\nssl.keystore.type=PKCS12\nssl.keystore.location=%s\nssl.keystore.password=secret\nssl.key.password=secret\n"
                        .formatted(file));

        assertThat(cluster.usesTls()).isTrue();
    }

    @Test
    void the_examples_are_accepted_but_for_their_files() {
        for (var name : new String[] {"kafka-scram", "kafka-mtls", "kafka-hosted"}) {
            assertThatThrownBy(() -> KafkaCluster.of("a:1", Path.of("../docs/examples/%s.properties".formatted(name))))
                    .as(name)
                    .isInstanceOf(KafkaConfigException.class)
                    .hasMessageContaining("/run/secrets");
        }
    }
}
