package io.growalert.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Tests of a file with settings for Kafka. */
abstract class ConnectionFileTest {
    static final String SCRAM = """
            security.protocol=SASL_PLAINTEXT
            sasl.mechanism=SCRAM-SHA-512
            sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="u" password="%s";
            """;

    @TempDir
    Path folder;

    KafkaConnection connection(String settings) throws Exception {
        return KafkaConnection.of("kafka-1:9093", Files.writeString(folder.resolve("kafka.properties"), settings));
    }

    /** @param documented the line in operations.md */
    void assertRefused(String settings, String documented) throws Exception {
        assertThatThrownBy(() -> connection(settings))
                .isInstanceOf(KafkaConfigException.class)
                .satisfies(e -> assertThat(Files.readAllLines(Path.of("../docs/operations.md")))
                        .contains(documented)
                        .contains(String.valueOf(e.getMessage()).replace(folder.toString(), "/etc/growalert")));
    }
}
