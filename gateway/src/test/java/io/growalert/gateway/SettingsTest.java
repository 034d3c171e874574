package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.service.StartFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @Test
    void without_a_token_nothing_starts() {
        assertThatThrownBy(() -> Gateway.start(Map.of("server.port", 0)))
                .isInstanceOf(StartFailure.class)
                .hasMessage(
                        "growalert.gateway.operator-token: set it, of at least 20 characters, or operator-token-file");
    }

    @Test
    void the_token_may_be_in_a_file() throws Exception {
        var file = Files.writeString(folder.resolve("token"), RunningGateway.TOKEN + "\n");
        try (var gateway = new RunningGateway(
                Map.of("growalert.gateway.operator-token", "", "growalert.gateway.operator-token-file", file))) {
            assertThat(gateway.send(gateway.asOperator("/api/mutes")).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void a_file_without_a_token_is_named() throws Exception {
        var file = Files.writeString(folder.resolve("token"), "short");

        assertThatThrownBy(() -> Gateway.start(Map.of("server.port", 0, "growalert.gateway.operator-token-file", file)))
                .hasMessageStartingWith("growalert.gateway.operator-token-file: the token in ")
                .hasMessageEndingWith("is shorter than 20 characters");
    }

    @Test
    void a_network_that_is_none_is_named() {
        assertThatThrownBy(() -> Gateway.start(Map.of(
                        "server.port",
                        0,
                        "growalert.gateway.operator-token",
                        RunningGateway.TOKEN,
                        "growalert.gateway.proxies[0]",
                        "10.0.0.0/99")))
                .hasMessageStartingWith("growalert.gateway.proxies: ");
    }
}
