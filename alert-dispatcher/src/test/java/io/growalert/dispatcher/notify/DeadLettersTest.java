package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import io.growalert.testkit.DocumentedRights;
import io.growalert.testkit.SecureKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLettersTest {
    private static final String USER = "alert-dispatcher";

    @TempDir
    Path folder;

    @Test
    void publishing_resumes_once_a_denied_login_is_accepted() {
        try (var kafka = SecureKafka.start(folder)) {
            kafka.grant(DocumentedRights.read(Path.of("../docs/examples/acls.sh")));
            new TopicCreator(connection(kafka, "admin"), 1).createMissing(List.of(Topics.deadLetters(Topics.ALERTS)));
            try (var letters = new DeadLetters(connection(kafka, USER))) {
                assertThatThrownBy(() -> send(letters))
                        .isInstanceOf(KafkaException.class)
                        .hasCauseInstanceOf(SaslAuthenticationException.class);

                kafka.user(USER, SecureKafka.password(USER));

                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThatCode(() -> send(letters)).doesNotThrowAnyException());
            }
        }
    }

    private static void send(DeadLetters letters) {
        letters.send(new ConsumerRecord<>(Topics.ALERTS, 0, 7, new byte[] {1}, new byte[] {2}), "unreadable");
    }

    private static KafkaConnection connection(SecureKafka kafka, String user) {
        return KafkaConnection.of(
                kafka.scramAddress(), kafka.config(user, kafka.scram(user, SecureKafka.password(user))));
    }
}
