package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.runtime.http.Role;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a browser signs in, on the real gateway. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SessionTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    @TempDir
    private static Path folder;

    private OperatorsFile file = new OperatorsFile(Path.of(""));
    private RunningGateway gateway;

    @BeforeAll
    void start() throws Exception {
        file = new OperatorsFile(folder.resolve("operators.json"));
        gateway = new RunningGateway(settings());
    }

    private static Map<String, Object> settings() {
        return Map.of(
                "growalert.gateway.operators-file",
                folder.resolve("operators.json"),
                "growalert.gateway.session.key-file",
                folder.resolve("session-key.json"),
                "growalert.gateway.proxies",
                List.of("127.0.0.2"),
                // a new operator's token is wrong until the file is read
                "growalert.gateway.wrong-tokens.requests",
                10_000);
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private static String origin(RunningGateway gateway) {
        return "http://127.0.0.1:" + gateway.port();
    }

    private static HttpRequest.Builder signIn(RunningGateway gateway, String token) {
        return gateway.request("/session")
                .header("Origin", origin(gateway))
                .POST(BodyPublishers.ofString("{\"token\": \"%s\"}".formatted(token)));
    }

    private static String cookie(HttpResponse<String> answer) {
        return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    }

    private String signedIn(String token) throws IOException, InterruptedException {
        var answer = gateway.send(signIn(gateway, token));
        assertThat(answer.statusCode()).isEqualTo(204);
        return cookie(answer);
    }

    private HttpRequest.Builder inSession(String path, String cookie) {
        return gateway.request(path).header("Cookie", cookie);
    }

    /** The gateway reads the file each second. */
    private String added(String name, Role role) throws IOException {
        var token = file.add(name, role, NOW).orElseThrow();
        await().atMost(LONG).untilAsserted(() -> assertThat(
                        gateway.send(gateway.request("/api/mutes").header("Authorization", "Bearer " + token))
                                .statusCode())
                .isEqualTo(200));
        return token;
    }

    @Test
    void a_token_opens_a_session_for_eight_hours_in_a_cookie_that_scripts_cannot_read() throws Exception {
        var before = Instant.now();
        var answer = gateway.send(signIn(gateway, RunningGateway.TOKEN));

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(answer.headers().firstValue("Set-Cookie"))
                .get()
                .asString()
                .matches("growalert-console=[\\w.-]+; Path=/; Max-Age=28800; HttpOnly; SameSite=Lax");
        var shown = gateway.send(inSession("/session", cookie(answer)));
        assertThat(shown.statusCode()).isEqualTo(200);
        assertThat(shown.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(shown.body()).contains("\"name\":\"operator\"", "\"role\":\"admin\"");
        var expiresAt = Instant.parse(shown.body().replaceFirst(".*\"expiresAt\":\"(.*?)\".*", "$1"));
        assertThat(expiresAt)
                .isBetween(
                        before.plus(Duration.ofHours(8)).minusSeconds(1),
                        Instant.now().plus(Duration.ofHours(8)));
    }

    @Test
    void under_https_the_cookie_is_bound_to_the_host() throws Exception {
        try (var behindProxy = new RunningGateway(Map.of("growalert.gateway.proxies", List.of("127.0.0.1")))) {
            var answer = behindProxy.send(signIn(behindProxy, RunningGateway.TOKEN)
                    .setHeader("Origin", "https://alerts.example.com")
                    .header("X-Forwarded-Proto", "https")
                    .header("X-Forwarded-Host", "alerts.example.com"));

            assertThat(answer.headers().firstValue("Set-Cookie"))
                    .get()
                    .asString()
                    .matches(
                            "__Host-growalert-console=[\\w.-]+; Path=/; Max-Age=28800; HttpOnly; SameSite=Lax; Secure");
            var request = behindProxy.request("/session").header("X-Forwarded-Proto", "https");
            assertThat(behindProxy
                            .send(request.copy().header("Cookie", cookie(answer)))
                            .statusCode())
                    .isEqualTo(200);
            // without the prefix, another host of the domain could have set it
            assertThat(behindProxy
                            .send(request.copy().header("Cookie", cookie(answer).replace("__Host-", "")))
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void the_session_authenticates_requests_of_pages() throws Exception {
        var cookie = signedIn(RunningGateway.TOKEN);

        assertThat(gateway.send(inSession("/api/mutes", cookie)).statusCode()).isEqualTo(200);
        assertThat(gateway.send(inSession("/docs/", cookie)).statusCode()).isEqualTo(200);
        assertThat(gateway.dispatcher.last().header("Authorization")).startsWith("Bearer ey");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, self, , 200",
        "DELETE, self, , 200",
        "POST, , same-origin, 200",
        "POST, , , 403",
        "POST, , same-site, 403",
        "POST, , none, 403",
        "PUT, https://evil.example, , 403",
        "PATCH, https://evil.example, same-origin, 403",
        "DELETE, null, , 403",
        "GET, https://evil.example, cross-site, 200",
    })
    void a_change_needs_the_same_origin(String method, String origin, String site, int status) throws Exception {
        var request = inSession("/api/mutes", signedIn(RunningGateway.TOKEN)).method(method, BodyPublishers.noBody());
        if (origin != null) {
            request.header("Origin", origin.equals("self") ? origin(gateway) : origin);
        }
        if (site != null) {
            request.header("Sec-Fetch-Site", site);
        }
        int seen = gateway.dispatcher.count();

        var answer = gateway.send(request);

        assertThat(answer.statusCode()).isEqualTo(status);
        if (status == 403) {
            assertThat(answer.body()).contains("\"code\":\"cross_origin\"");
            assertThat(gateway.dispatcher.count()).isEqualTo(seen);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "DELETE"})
    void signing_in_and_out_needs_the_same_origin(String method) throws Exception {
        var answer = gateway.send(gateway.request("/session")
                .header("Origin", "https://evil.example")
                .method(method, BodyPublishers.ofString("{\"token\": \"%s\"}".formatted(RunningGateway.TOKEN))));

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("\"code\":\"cross_origin\"");
        assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void a_token_takes_precedence_over_the_session() throws Exception {
        var cookie = signedIn(RunningGateway.TOKEN);
        var viewer = added("vera", Role.VIEWER);

        // no page of another site can send it, so the origin does not matter
        var change = inSession("/api/mutes", cookie).POST(BodyPublishers.noBody());
        assertThat(gateway.send(change.copy().header("Authorization", "Bearer " + RunningGateway.TOKEN))
                        .statusCode())
                .isEqualTo(200);
        assertThat(gateway.send(change.copy().header("Authorization", "Bearer " + viewer))
                        .body())
                .contains("\"code\":\"forbidden_role\"");
        assertThat(gateway.send(inSession("/api/mutes", cookie).header("Authorization", "Bearer wrong"))
                        .statusCode())
                .isEqualTo(401);
        assertThat(gateway.send(gateway.request("/session").header("Authorization", "Bearer " + viewer))
                        .body())
                .isEqualTo("{\"name\":\"vera\",\"role\":\"viewer\"}");
    }

    @Test
    void a_session_ends_when_its_operator_is_revoked_and_has_the_role_of_the_file() throws Exception {
        var cookie = signedIn(added("ann", Role.OPERATOR));
        var change = inSession("/api/mutes", cookie)
                .header("Origin", origin(gateway))
                .POST(BodyPublishers.noBody());
        assertThat(gateway.send(change).statusCode()).isEqualTo(200);

        file.revoke("ann");

        await().atMost(LONG).untilAsserted(() -> assertThat(
                        gateway.send(inSession("/session", cookie)).statusCode())
                .isEqualTo(401));
        assertThat(gateway.send(change).statusCode()).isEqualTo(401);
        // a new token of the same name is another operator
        added("ann", Role.ADMIN);
        assertThat(gateway.send(change).statusCode()).isEqualTo(401);
    }

    @Test
    void a_session_survives_a_restart_of_the_gateway_and_is_valid_at_another_one() throws Exception {
        var cookie = signedIn(RunningGateway.TOKEN);

        try (var other = new RunningGateway(settings())) {
            assertThat(other.send(other.request("/session").header("Cookie", cookie))
                            .statusCode())
                    .isEqualTo(200);
        }
        try (var foreign = new RunningGateway()) {
            assertThat(foreign.send(foreign.request("/session").header("Cookie", cookie))
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void the_cookie_of_the_session_reaches_no_service_and_other_cookies_do() throws Exception {
        var cookie = signedIn(RunningGateway.TOKEN);

        gateway.send(inSession("/config", "a=1; " + cookie + "; growalert-console-x=2"));
        assertThat(gateway.billing.last().header("Cookie")).isEqualTo("a=1; growalert-console-x=2");
        gateway.send(inSession("/api/mutes", cookie));
        assertThat(gateway.dispatcher.last().headers()).doesNotContainKey("Cookie");
        gateway.send(inSession("/config", "b=\"growalert-console\";c=3"));
        assertThat(gateway.billing.last().header("Cookie")).isEqualTo("b=\"growalert-console\";c=3");
    }

    @Test
    void signing_out_removes_the_cookie() throws Exception {
        var answer = gateway.send(inSession("/session", signedIn(RunningGateway.TOKEN))
                .header("Origin", origin(gateway))
                .DELETE());

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("Set-Cookie"))
                .hasValue("growalert-console=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"token\": 1}", "[]", "not json", "{\"token\": "})
    void a_sign_in_without_a_token_is_a_bad_request(String body) throws Exception {
        var answer = gateway.send(
                gateway.request("/session").header("Origin", origin(gateway)).POST(BodyPublishers.ofString(body)));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"code\":\"bad_request\"");
    }

    @Test
    void a_large_body_and_other_methods_are_refused() throws Exception {
        assertThat(gateway.send(signIn(gateway, "x".repeat(5_000))).statusCode())
                .isEqualTo(413);
        var answer = gateway.send(gateway.request("/session").PUT(BodyPublishers.ofString("{}")));
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).hasValue("GET, HEAD, POST, DELETE");
    }

    @Test
    void without_a_session_there_is_no_operator() throws Exception {
        var answer = gateway.get("/session");

        assertThat(answer.statusCode()).isEqualTo(401);
        // a browser would ask for a password
        assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertThat(answer.body()).contains("\"code\":\"operator_token_needed\"");
        assertThat(gateway.send(inSession("/session", "growalert-console=forged"))
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void failed_sign_ins_count_under_the_limit_of_wrong_tokens_and_the_right_one_does_not() throws Exception {
        try (var strict = new RunningGateway(
                Map.of("growalert.gateway.wrong-tokens.requests", 2, "growalert.gateway.wrong-tokens.per", "1h"))) {
            assertThat(strict.send(signIn(strict, "wrong")).statusCode()).isEqualTo(401);
            assertThat(strict.send(strict.request("/api/mutes").header("Authorization", "Bearer wrong"))
                            .statusCode())
                    .isEqualTo(401);

            var refused = strict.send(signIn(strict, "wrong"));
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(strict.send(signIn(strict, RunningGateway.TOKEN)).statusCode())
                    .isEqualTo(204);
        }
    }
}
