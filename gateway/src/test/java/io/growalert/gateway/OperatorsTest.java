package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.growalert.runtime.http.Role;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Named operators and their roles, on the real gateway. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorsTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    @TempDir
    private static Path folder;

    private Path path = Path.of("");
    private OperatorsFile file = new OperatorsFile(path);
    private final Map<Role, String> tokens = new EnumMap<>(Role.class);
    private RunningGateway gateway;

    @BeforeAll
    void start() throws Exception {
        path = folder.resolve("operators.json");
        file = new OperatorsFile(path);
        for (var role : Role.values()) {
            tokens.put(role, file.add("a-" + role, role, NOW).orElseThrow());
        }
        // a new operator's token is wrong until the file is read
        gateway = new RunningGateway(
                Map.of("growalert.gateway.operators-file", path, "growalert.gateway.wrong-tokens.requests", 10_000));
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            VIEWER,   GET,    /api/mutes,              200
            VIEWER,   HEAD,   /api/mutes,              200
            VIEWER,   GET,    /api/monitors,           200
            VIEWER,   GET,    /docs/openapi.yaml,      200
            VIEWER,   GET,    /api/gateway/prometheus, 200
            VIEWER,   POST,   /api/deliveries/redrive, 403
            VIEWER,   PUT,    /api/monitors/m/mute,    403
            VIEWER,   POST,   /api/monitors/m/run,     403
            VIEWER,   PATCH,  /api/mutes,              403
            VIEWER,   DELETE, /api/monitors/m/mute,    403
            VIEWER,   GET,    /api/billing/events,     403
            VIEWER,   GET,    /api/billing,            403
            VIEWER,   GET,    /api/%62illing/events,   403
            VIEWER,   GET,    /api/operators,          403
            OPERATOR, GET,    /api/mutes,              200
            OPERATOR, POST,   /api/deliveries/redrive, 200
            OPERATOR, PUT,    /api/monitors/m/mute,    200
            OPERATOR, POST,   /api/monitors/m/run,     200
            OPERATOR, DELETE, /api/monitors/m/mute,    200
            OPERATOR, GET,    /api/billing/events,     403
            OPERATOR, POST,   /api/billing/reconcile,  403
            OPERATOR, DELETE, /api/%62illing/x,        403
            OPERATOR, POST,   /api/operators,          403
            ADMIN,    GET,    /api/mutes,              200
            ADMIN,    DELETE, /api/monitors/m/mute,    200
            ADMIN,    GET,    /api/billing/events,     200
            ADMIN,    POST,   /api/billing/reconcile,  200
            ADMIN,    POST,   /api/operators,          200
            """)
    void a_role_decides_by_method_and_path(Role role, String method, String path, int status) throws Exception {
        int asked = gateway.billing.count() + gateway.dispatcher.count();

        var answer = gateway.send(gateway.request(path)
                .header("Authorization", "Bearer " + token(role))
                .method(method, method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString("{}")));

        assertThat(answer.statusCode()).isEqualTo(status);
        if (status == 403) {
            assertThat(answer.body()).contains("\"code\":\"forbidden_role\"");
            assertThat(gateway.billing.count() + gateway.dispatcher.count()).isEqualTo(asked);
        }
    }

    @Test
    void the_operator_token_is_an_admin() throws Exception {
        assertThat(gateway.send(gateway.asOperator("/api/billing/events")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_revoked_token_is_unauthorized_within_five_seconds() throws Exception {
        var token = file.add("ann", Role.OPERATOR, NOW).orElseThrow();
        await().untilAsserted(() -> assertThat(get(token).statusCode()).isEqualTo(200));

        assertThat(file.revoke("ann")).isTrue();

        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(get(token).statusCode()).isEqualTo(401));
        assertThat(get(token(Role.VIEWER)).statusCode()).isEqualTo(200);
    }

    @Test
    void a_malformed_file_leaves_the_operators_and_a_missing_one_has_none() throws Exception {
        var own = folder.resolve("own.json");
        var operators = new OperatorsFile(own);
        var token = operators.add("ann", Role.VIEWER, NOW).orElseThrow();
        try (var other = new RunningGateway(
                Map.of("growalert.gateway.operator-token", "", "growalert.gateway.operators-file", own.toString()))) {
            var request = other.request("/api/mutes").header("Authorization", "Bearer " + token);
            var content = Files.readString(own);
            var watch = other.part(KnownOperators.class).progress().orElseThrow();

            Files.writeString(own, content.substring(0, content.length() / 2));
            await().until(watch::isFailing);
            assertThat(other.send(request).statusCode()).isEqualTo(200);

            Files.delete(own);
            await().untilAsserted(
                            () -> assertThat(other.send(request).statusCode()).isEqualTo(401));

            Files.writeString(own, content);
            await().untilAsserted(
                            () -> assertThat(other.send(request).statusCode()).isEqualTo(200));
            // without an operator token, an empty one is none
            assertThat(other.send(other.request("/api/mutes").header("Authorization", "Bearer "))
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void a_malformed_file_stops_the_start() throws Exception {
        var own = Files.writeString(
                folder.resolve("malformed.json"), "{\"operators\": [{\"name\": \"ann\", \"role\": \"boss\"}]}");

        assertThatThrownBy(() -> new RunningGateway(Map.of("growalert.gateway.operators-file", own)))
                .hasMessageStartingWith("growalert.gateway.operators-file: ")
                .hasMessageContaining("boss")
                .message()
                .hasLineCount(1);
    }

    private String token(Role role) {
        return Objects.requireNonNull(tokens.get(role));
    }

    private HttpResponse<String> get(String token) throws Exception {
        return gateway.send(gateway.request("/api/mutes").header("Authorization", "Bearer " + token));
    }
}
