package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.runtime.StartFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @Test
    void without_a_token_the_gateway_does_not_start() {
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
    void a_file_without_a_token_is_reported_by_name() throws Exception {
        var file = Files.writeString(folder.resolve("token"), "short");

        assertThatThrownBy(() -> Gateway.start(Map.of("server.port", 0, "growalert.gateway.operator-token-file", file)))
                .hasMessageStartingWith("growalert.gateway.operator-token-file: the token in ")
                .hasMessageEndingWith("is shorter than 20 characters");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            proxies[0] | 10.0.0.0/99 | proxies: 10.0.0.0/99 is no address and no network such as 10.0.0.0/8
            proxies[0] | my-proxy | proxies: my-proxy is no address and no network such as 10.0.0.0/8
            origins[0] | * | origins: expected sites such as https://shop.example.com, without a path
            origins[0] | https://a.example/x | origins: expected sites such as https://shop.example.com, without a path
            backends.billing.url | ftp://a | backends.billing.url: a url such as http://127.0.0.1:8083 is needed, without a path
            backends.billing.url | http://a/x | backends.billing.url: a url such as http://127.0.0.1:8083 is needed, without a path
            backends.monitors.url | http:/// | backends.monitors.url:
            backends.monitors.connect | 0s | backends.monitors.connect: must be longer than or equal to 1 milli
            backends.monitors.connections | 0 | backends.monitors.connections: must be greater than or equal to 1
            routes.api.timeout | -1s | routes.api.timeout: must be longer than or equal to 1 milli
            routes.api.longest | 0s | routes.api.longest: must be longer than or equal to 1 milli
            routes.api.per | 0s | routes.api.per: must be longer than or equal to 1 milli
            routes.api.requests | 0 | routes.api.requests: must be greater than or equal to 1
            routes.webhook.body | 3GB | routes.webhook.body: expected 1B to 1GB
            routes.webhook.body | much | routes.webhook.body:
            memory | 0B | memory: expected 1KB to 1GB
            slowest | 0s | slowest: must be longer than or equal to 1 milli
            connections-per-address | 0 | connections-per-address: must be greater than or equal to 1
            wrong-tokens.requests | 0 | wrong-tokens.requests: must be greater than or equal to 1
            breaker.pause | 0s | breaker.pause: must be longer than or equal to 1 milli
            stripe.script | javascript:x | stripe.script: expected an http or https address such as https://js.stripe.com/dahlia/stripe.js
            stripe.api | file:///x | stripe.api: expected an http or https address such as https://api.stripe.com
            """)
    void an_invalid_value_is_reported_in_one_line_that_names_it(String setting, String value, String line) {
        assertThatThrownBy(() -> Gateway.start(Map.of(
                        "server.port",
                        0,
                        "growalert.gateway.operator-token",
                        RunningGateway.TOKEN,
                        "growalert.gateway." + setting,
                        value)))
                .isInstanceOf(StartFailure.class)
                .hasMessageStartingWith("growalert.gateway." + line)
                .message()
                .hasLineCount(1);
    }

    @Test
    void a_missing_file_is_reported_by_name() {
        assertThatThrownBy(() -> Gateway.start(
                        Map.of("server.port", 0, "growalert.gateway.operator-token-file", folder.resolve("none"))))
                .hasMessageStartingWith("growalert.gateway.operator-token-file: the file ")
                .hasMessageContaining("cannot be read");
    }
}
