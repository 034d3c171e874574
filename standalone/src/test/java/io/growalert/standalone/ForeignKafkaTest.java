package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.testkit.FreePort;
import io.growalert.testkit.StubServer;
import io.growalert.testkit.TestKafka;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ForeignKafkaTest {
    private static final String NO_KAFKA =
            "%s accepts connections and does not answer as Kafka: name Kafka's port with --kafka, or start Kafka behind it";

    @Test
    void a_kafka_is_usable() {
        assertThatCode(() -> ForeignKafka.requireUsable(TestKafka.bootstrapServers(), Optional.empty()))
                .doesNotThrowAnyException();
    }

    @Test
    void a_port_that_nothing_listens_on_is_unreachable() {
        var servers = "127.0.0.1:" + FreePort.next();

        assertRefused(servers, "Kafka is unreachable at %s: start it, or name another with --kafka".formatted(servers));
    }

    @Test
    void a_server_that_does_not_answer_is_no_kafka() throws Exception {
        // the system accepts the connections
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var servers = "127.0.0.1:" + silent.getLocalPort();

            assertRefused(servers, NO_KAFKA.formatted(servers));
        }
    }

    @Test
    void a_web_server_is_no_kafka() {
        try (var server = new StubServer()) {
            var servers = URI.create(server.url()).getAuthority();

            assertRefused(servers, NO_KAFKA.formatted(servers));
        }
    }

    @Test
    void servers_that_cannot_be_any_are_refused_with_the_option() {
        assertThatThrownBy(() -> ForeignKafka.requireUsable("127.0.0.1:99999", Optional.empty()))
                .isInstanceOf(CannotRun.class)
                .hasMessageContaining("--kafka")
                .hasMessageContaining("127.0.0.1:99999");
    }

    private static void assertRefused(String servers, String line) {
        assertThatThrownBy(() -> ForeignKafka.requireUsable(servers, Optional.empty()))
                .isInstanceOf(CannotRun.class)
                .hasMessage(line);
    }
}
