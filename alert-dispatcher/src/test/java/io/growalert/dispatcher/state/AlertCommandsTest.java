package io.growalert.dispatcher.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import io.growalert.testkit.DocumentedRights;
import io.growalert.testkit.SecureKafka;
import io.growalert.testkit.TestKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertCommandsTest {
    private static final String USER = "alert-dispatcher";

    @TempDir
    Path folder;

    @Test
    void commands_are_accepted_once_a_denied_login_is() {
        try (var kafka = SecureKafka.start(folder)) {
            kafka.grant(DocumentedRights.read(Path.of("../docs/examples/acls.sh")));
            new TopicCreator(connection(kafka, "admin"), 1).createMissing(List.of(Topics.ALERT_COMMANDS));
            try (var commands = new AlertCommands(connection(kafka, USER))) {
                assertThatThrownBy(() -> commands.forget("room", "alert"))
                        .isInstanceOf(KafkaException.class)
                        .hasCauseInstanceOf(SaslAuthenticationException.class);

                kafka.user(USER, SecureKafka.password(USER));

                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThatCode(() -> commands.forget("room", "alert"))
                                .doesNotThrowAnyException());
            }
        }
    }

    @Test
    void a_command_does_not_create_the_topic() throws Exception {
        try (var kafka = new TestKafka(true);
                var admin = Admin.create(Map.of("bootstrap.servers", kafka.address()));
                var commands = new AlertCommands(KafkaConnection.at(kafka.address()))) {
            assertThatThrownBy(() -> commands.forget("room", "alert")).isInstanceOf(KafkaException.class);
            assertThat(admin.listTopics().names().get()).isEmpty();

            new TopicCreator(KafkaConnection.at(kafka.address()), 2).createMissing(List.of(Topics.ALERT_COMMANDS));

            assertThatCode(() -> commands.forget("room", "alert")).doesNotThrowAnyException();
        }
    }

    @Test
    void without_the_secret_of_the_login_a_command_is_not_accepted() throws Exception {
        var secret = Files.writeString(folder.resolve("password"), "s3cret");
        var config = Files.writeString(folder.resolve("kafka.properties"), """
                security.protocol=SASL_SSL
                sasl.mechanism=SCRAM-SHA-512
                sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="me" password="${directory:%s:password}";
                """.formatted(folder));
        try (var commands = new AlertCommands(KafkaConnection.of("127.0.0.1:9", config))) {
            Files.delete(secret);

            assertThatThrownBy(() -> commands.forget("room", "alert"))
                    .isInstanceOf(KafkaException.class)
                    .rootCause()
                    .hasMessageContaining("cannot be read");
        }
    }

    private static KafkaConnection connection(SecureKafka kafka, String user) {
        return KafkaConnection.of(
                kafka.scramAddress(), kafka.config(user, kafka.scram(user, SecureKafka.password(user))));
    }
}
