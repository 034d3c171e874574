package io.growalert.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.util.Map;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** References to secrets in the settings for Kafka. */
class SecretReferencesTest extends ConnectionFileTest {
    @Test
    void a_secret_is_read_from_its_file_without_the_line_end_for_each_client() throws Exception {
        var secret = Files.writeString(folder.resolve("password"), "first\n");
        var connection = connection(SCRAM.formatted("${directory:%s:password}".formatted(folder)));

        assertThat(jaas(connection)).endsWith("password=\"first\";");
        Files.writeString(secret, "second");
        assertThat(jaas(connection)).endsWith("password=\"second\";");
    }

    @Test
    void a_secret_that_changed_or_is_gone_is_reported_until_it_is_as_at_the_start() throws Exception {
        var secret = Files.writeString(folder.resolve("password"), "first");
        var connection = connection(SCRAM.formatted("${directory:%s:password}".formatted(folder)));
        assertThat(connection.outdated()).isEmpty();

        Files.writeString(secret, "second");
        assertThat(connection.outdated().orElseThrow())
                .isEqualTo(folder + "/kafka.properties: the secrets have changed since the start; restart the service");
        assertThat(String.valueOf(connection.clientAtStart(Map.of()).get("sasl.jaas.config")))
                .endsWith("password=\"first\";");
        Files.delete(secret);
        assertThat(connection.outdated().orElseThrow()).contains("cannot be read");
        Files.writeString(secret, "first");
        assertThat(connection.outdated()).isEmpty();
    }

    private static String jaas(KafkaConnection connection) {
        return String.valueOf(connection.client(Map.of()).get("sasl.jaas.config"));
    }

    @Test
    void a_secret_is_a_value_of_a_properties_file() throws Exception {
        var secrets = Files.writeString(folder.resolve("secrets"), "password=hidden\n");
        var connection = connection(SCRAM.formatted("${file:%s:password}".formatted(secrets)));

        assertThat(jaas(connection)).endsWith("password=\"hidden\";");
        assertThat(connection.toString()).doesNotContain("hidden");
    }

    @Test
    void a_secret_that_is_missing_is_the_documented_line() throws Exception {
        assertRefused(
                SCRAM.formatted("${directory:%s:password}".formatted(folder)),
                "/etc/growalert/kafka.properties: sasl.jaas.config: the secret ${directory:/etc/growalert:password} cannot be read or is empty; expected ${directory:FOLDER:FILE}, ${file:FILE:KEY} or ${env:NAME}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\tb", "x\\", "s3c\"ret7", "\\\"; a=\"", "a/*b", "${env:X}", "p$1"})
    void a_password_of_any_characters_is_the_one_that_kafka_reads(String password) throws Exception {
        Files.writeString(folder.resolve("password"), password + "\n");
        var connection = connection(SCRAM.formatted("${directory:%s:password}".formatted(folder)));

        assertThat(password(jaas(connection))).isEqualTo(password);
    }

    private static @Nullable Object password(String jaas) {
        return JaasContext.loadClientContext(Map.of("sasl.jaas.config", new Password(jaas)))
                .configurationEntries()
                .getFirst()
                .getOptions()
                .get("password");
    }

    @Test
    void a_password_with_a_line_break_inside_is_refused_without_showing_it() throws Exception {
        Files.writeString(folder.resolve("password"), "hid\nden\n");

        assertThatThrownBy(() -> connection(SCRAM.formatted("${directory:%s:password}".formatted(folder))))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageContaining("has a line break")
                .hasMessageNotContainingAny("hid", "den");
    }

    @Test
    void a_secret_is_the_whole_text_of_the_login_module() throws Exception {
        var jaas =
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"u\" password=\"s3c\\\"ret7\";";
        Files.writeString(folder.resolve("sasl.jaas.config"), jaas);
        var connection = connection(
                "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-512\nsasl.jaas.config=${directory:%s:sasl.jaas.config}\n"
                        .formatted(folder));

        assertThat(jaas(connection)).isEqualTo(jaas);
        Files.writeString(folder.resolve("sasl.jaas.config"), jaas.replace("\\", ""));
        assertThatThrownBy(() -> connection.client(Map.of()))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageContaining("sasl.jaas.config: expected")
                .hasMessageNotContainingAny("s3c", "ret7")
                .hasNoCause();
    }

    @Test
    void a_secret_that_is_no_valid_value_is_not_shown() throws Exception {
        Files.writeString(folder.resolve("other"), "hidden");

        assertThatThrownBy(() -> connection("connections.max.idle.ms=${directory:%s:other}\n".formatted(folder)))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageContaining("connections.max.idle.ms is invalid")
                .hasMessageNotContaining("hidden");
    }

    @ParameterizedTest
    @CsvSource({"directory,DirectoryConfigProvider", "file,FileConfigProvider", "env,EnvVarConfigProvider"})
    void the_declarations_of_kafkas_providers_are_accepted(String name, String type) throws Exception {
        var connection = connection(
                "config.providers=%1$s\nconfig.providers.%1$s.class=org.apache.kafka.common.config.provider.%2$s\nconfig.providers.%1$s.param.allowed.paths=/run/secrets\n"
                        .formatted(name, type));

        assertThat(connection.client(Map.of())).containsOnlyKeys("bootstrap.servers");
    }

    @Test
    void the_declaration_of_another_provider_is_refused() {
        assertThatThrownBy(() -> connection("config.providers=x\nconfig.providers.x.class=com.example.X\n"))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageContaining("config.providers.x.class");
    }

    @Test
    void a_parameter_of_another_provider_is_refused() {
        assertThatThrownBy(() -> connection("config.providers.x.param.a=b\n"))
                .isInstanceOf(KafkaConfigException.class)
                .hasMessageContaining("config.providers.x.param.a");
    }
}
