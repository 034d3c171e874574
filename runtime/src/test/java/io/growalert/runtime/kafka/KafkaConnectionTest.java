package io.growalert.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.testkit.TestCa;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

class KafkaConnectionTest extends ConnectionFileTest {
    @Test
    void a_client_has_the_settings_of_the_connection_under_its_own() throws Exception {
        var connection = connection("client.dns.lookup=use_all_dns_ips\nconnections.max.idle.ms=1000\n");

        assertThat(connection.client(Map.of("acks", "all", "connections.max.idle.ms", 5)))
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
        assertThat(KafkaConnection.at("a:1").client(Map.of())).isEqualTo(Map.of("bootstrap.servers", "a:1"));
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
        assertThatThrownBy(() -> connection(key + "=x\n"))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageStartingWith(folder + "/kafka.properties: " + key);
    }

    @Test
    void a_refused_setting_is_the_documented_line() throws Exception {
        assertRefused(
                "acks=1\n",
                "/etc/growalert/kafka.properties: acks is not a setting of the connection; expected security.protocol, sasl.*, ssl.*, client.dns.lookup, socket.connection.setup.timeout.* or connections.max.idle.ms");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssl.keystore.key=-----BEGIN PRIVATE KEY-----\n2NWvHidden+/ab",
                "ssl.keystore.key=-----BEGIN PRIVATE KEY-----\n2NWvHidden==",
                "sasl.jaas.config=a required \\\n  username=\"u\"\n  password=\"Hidden\";",
                "sasl.jaas.config=a required username=\"u\" password=\n\"Hidden\";",
                "sasl.mechanism=PLAIN\nhidden",
                "sasl.mechanism=PLAIN\nhidden.word",
                "sasl.mechanism=PLAIN\n# a comment \\\n\nhidden: x",
                "sasl.mechanism=PLAIN\r\nssl.Hidden=x",
            })
    void a_line_that_cannot_be_a_setting_is_not_shown(String settings) {
        assertThatThrownBy(() -> connection("security.protocol=SASL_SSL\n" + settings + "\nsasl.mechanism=x\n"))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageStartingWith("%s/kafka.properties: line %d is not a setting of the connection; "
                        .formatted(folder, settings.lines().count() + 1))
                .satisfies(e -> assertThat(String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT))
                        .doesNotContain("hidden"))
                .hasNoCause();
    }

    @Test
    void a_line_that_cannot_be_a_setting_is_the_documented_line() throws Exception {
        assertRefused(
                "ssl.keystore.key=-----BEGIN PRIVATE KEY-----\nMIIEHidden\n",
                "/etc/growalert/kafka.properties: line 2 is not a setting of the connection; a line that continues ends with \\");
    }

    @Test
    void a_setting_that_is_repeated_is_the_documented_line() throws Exception {
        assertRefused(
                "# login\nsasl.mechanism=PLAIN\n\nsasl.mechanism = SCRAM-SHA-512\n",
                "/etc/growalert/kafka.properties: sasl.mechanism is in line 2 and in line 4; remove one");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "security.protocol=Hidden",
                "security.protocol=SASL_SSL\nsasl.mechanism=Hidden\nsasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"p\";",
                "connections.max.idle.ms=Hidden",
                "client.dns.lookup=Hidden",
                "socket.connection.setup.timeout.ms=\\u00Hidden",
                "config.providers.vault.param.token=Hidden",
                "config.providers=file\nconfig.providers.file.class=Hidden",
                "config.providers.file.param.Hidden"
            })
    void no_value_is_shown(String settings) {
        assertThatThrownBy(() -> connection(settings + "\n"))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageStartingWith(folder + "/kafka.properties: ")
                .hasMessageNotContaining("Hidden");
    }

    @Test
    void a_line_with_a_broken_escape_is_named() {
        assertThatThrownBy(() -> connection("security.protocol=SSL\nssl.protocol=\\uHidden\n"))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessage(folder + "/kafka.properties: line 2 has a \\u without four hexadecimal digits");
    }

    @Test
    void settings_continue_on_the_next_line_as_in_every_properties_file() throws Exception {
        var text =
                "! comment \\\r\nclient.dns.lookup\\\n   = use_all\\\r   _dns_ips\n\n  connections.max.idle.ms:\\u0031\\\n";
        var expected = new Properties();
        expected.load(new StringReader(text));

        assertThat(connection(text).client(Map.of()))
                .isEqualTo(Map.of(
                        "bootstrap.servers",
                        "kafka-1:9093",
                        "client.dns.lookup",
                        expected.get("client.dns.lookup"),
                        "connections.max.idle.ms",
                        expected.get("connections.max.idle.ms")));
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void what_is_no_file_is_the_documented_line() throws Exception {
        var pipe = folder.resolve("kafka.properties");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        for (var other : List.of(pipe, Path.of("/dev/zero"), folder)) {
            assertThatThrownBy(() -> KafkaConnection.of("a:1", other))
                    .isInstanceOf(KafkaConfigException.class)
                    .hasMessage("%s: this is not a file; expected one with settings for Kafka".formatted(other));
        }
        assertThat(Files.readAllLines(Path.of("../docs/operations.md")))
                .contains("/etc/growalert/kafka.properties: this is not a file; expected one with settings for Kafka");
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void what_a_setting_names_must_be_a_file_too() throws Exception {
        var pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        for (var store : List.of("ssl.truststore", "ssl.keystore")) {
            assertThatThrownBy(() -> connection(
                            "security.protocol=SSL\n%1$s.type=PEM\n%1$s.location=%2$s\n".formatted(store, pipe)))
                    .isInstanceOf(KafkaConfigException.class)
                    .hasMessage("%s/kafka.properties: %s.location=%s is not a file".formatted(folder, store, pipe));
        }
        assertThatThrownBy(() -> connection(SCRAM.formatted("${file:%s:password}".formatted(pipe))))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageContaining(
                        "sasl.jaas.config: the secret ${file:%s:password} cannot be read".formatted(pipe));
    }

    @Test
    void a_file_of_more_than_1_mb_is_the_documented_line() throws Exception {
        assertRefused(
                "# " + "x".repeat(1 << 20),
                "/etc/growalert/kafka.properties: the settings for Kafka are larger than 1 MB");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka-1:99999",
                "kafka-1:0",
                "kafka-1:99999999999",
                "kafka-1",
                "abc",
                "",
                " , ",
                ":9092",
                "kafka-1:",
                "http://kafka-1:9092",
                "kafka-1:9092/",
                "kafka 1:9092",
                "kafka-1:9092;kafka-2:9092",
                "kafka-1:9092,kafka-2"
            })
    void servers_that_cannot_be_any_are_one_line(String servers) {
        assertThatThrownBy(() -> KafkaConnection.of(servers, null))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageStartingWith("the service's setting kafka, or --kafka, ")
                .hasMessageEndingWith("; expected HOST:PORT,...")
                .hasMessageNotContaining("\n");
    }

    @Test
    void servers_that_cannot_be_any_are_the_documented_line() {
        assertThatThrownBy(() -> KafkaConnection.of("kafka-1:9093,kafka-2:99999", null))
                .satisfies(e -> assertThat(Files.readAllLines(Path.of("../docs/operations.md")))
                        .contains(
                                "the service's setting kafka, or --kafka, names the server kafka-2:99999; expected HOST:PORT,...")
                        .contains(String.valueOf(e.getMessage())));
    }

    @Test
    void a_password_among_the_servers_is_not_shown() {
        assertThatThrownBy(() -> KafkaConnection.of("SASL_SSL://user:Hidden@kafka-1:9092", null))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageNotContaining("Hidden");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka-1:9092",
                " kafka-1:9092 , kafka-2.example.com:65535,",
                "[::1]:9092",
                "[fe80::1%eth0]:1",
                "SASL_SSL://kafka_1:9092",
                "127.0.0.1:9092"
            })
    void servers_that_kafkas_clients_accept_are_accepted(String servers) {
        assertThat(KafkaConnection.of(servers, null).servers()).isEqualTo(servers);
    }

    @Test
    void a_consumer_does_not_make_the_broker_create_topics() {
        assertThat(KafkaConnection.at("a:1").consumer(Map.of("allow.auto.create.topics", true)))
                .isEqualTo(Map.of("bootstrap.servers", "a:1", "allow.auto.create.topics", false));
    }

    @Test
    void a_missing_file_is_the_documented_line() {
        assertThatThrownBy(() -> KafkaConnection.of("a:1", folder.resolve("kafka.properties")))
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
        assertThatThrownBy(() -> connection("security.protocol=%s\n%s=x\n".formatted(protocol, key)))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageEndingWith(
                        "security.protocol is %s, which ignores %s; expected %s", protocol, key, expected);
    }

    @Test
    void a_login_and_tls_need_the_protocol_with_both() {
        assertThatThrownBy(() -> connection(SCRAM.formatted("x") + "ssl.protocol=TLSv1.3\n"))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageEndingWith("expected SASL_SSL");
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_password_without_tls_is_warned_of_once(CapturedOutput output) throws Exception {
        var plain =
                "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"hidden\";\n";
        connection(plain);
        connection(plain);

        assertThat(output.getOut())
                .containsOnlyOnce("Password for Kafka is sent unencrypted")
                .doesNotContain("hidden");
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void scram_without_tls_is_not_warned_of(CapturedOutput output) throws Exception {
        connection(SCRAM.formatted("x"));

        assertThat(output.getOut()).doesNotContain("unencrypted");
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void host_names_that_are_not_checked_are_warned_of_once(CapturedOutput output) throws Exception {
        var open = "security.protocol=SSL\nssl.endpoint.identification.algorithm=\n";
        connection(open);
        connection(open);

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
        assertThatThrownBy(() -> connection(SCRAM.formatted("x").replace("SCRAM-SHA-512", "PLAIN")))
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
        assertThatThrownBy(() -> connection("security.protocol=SASL_SSL\nsasl.jaas.config=" + jaas + "\n"))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageContaining("sasl.jaas.config: expected");
    }

    @Test
    void a_file_of_certificates_that_is_missing_is_named() {
        assertThatThrownBy(() -> connection(
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

        var connection = connection(
                "security.protocol=SSL\nssl.keystore.type=PKCS12\nssl.keystore.location=%s\nssl.keystore.password=secret\nssl.key.password=secret\n"
                        .formatted(file));

        assertThat(connection.usesTls()).isTrue();
    }

    @Test
    void the_examples_are_accepted_but_for_their_files() {
        for (var name : new String[] {"kafka-scram", "kafka-mtls", "kafka-hosted"}) {
            assertThatThrownBy(
                            () -> KafkaConnection.of("a:1", Path.of("../docs/examples/%s.properties".formatted(name))))
                    .as(name)
                    .isInstanceOf(KafkaConfigException.class)
                    .hasMessageContaining("/run/secrets");
        }
    }
}
