package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class LoopbackPortsTest {
    @Test
    void a_port_in_use_is_one_line_that_names_it_its_user_and_the_option() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            assertThatThrownBy(() -> LoopbackPorts.requireFree(taken.getLocalPort(), "Kafka", "--kafka-port"))
                    .isInstanceOf(CannotRun.class)
                    .hasMessageContainingAll("port " + taken.getLocalPort(), "Kafka", "--kafka-port")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void a_port_that_listens_on_all_addresses_is_in_use_too() throws Exception {
        try (var taken = new ServerSocket(0)) {
            assertThatThrownBy(() -> LoopbackPorts.requireFree(taken.getLocalPort(), "Kafka", "--kafka-port"))
                    .isInstanceOf(CannotRun.class);
        }
    }

    @Test
    void a_free_port_is_still_free_after_it_was_probed() {
        int port = LoopbackPorts.anyFree();

        assertThatCode(() -> {
                    LoopbackPorts.requireFree(port, "Kafka", "--kafka-port");
                    LoopbackPorts.requireFree(port, "Kafka", "--kafka-port");
                })
                .doesNotThrowAnyException();
    }
}
