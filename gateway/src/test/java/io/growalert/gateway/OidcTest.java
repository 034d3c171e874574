package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sign-in at an OIDC provider over real HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OidcTest {
    @TempDir
    private static Path folder;

    private TestProvider provider;
    private RunningGateway gateway;

    @BeforeAll
    void start() throws Exception {
        provider = new TestProvider();
        gateway = new RunningGateway(settings("operator"));
    }

    @AfterAll
    void stop() {
        gateway.close();
        provider.close();
    }

    @BeforeEach
    void user() {
        provider.claims = Map.of("preferred_username", "ann@example.com", "groups", List.of("staff", "growers"));
    }

    private Map<String, Object> settings(String roleOfGrowers) {
        return new HashMap<>(Map.of(
                "growalert.gateway.session.key-file",
                folder.resolve("key.json"),
                "growalert.gateway.oidc.issuer",
                provider.issuer(),
                "growalert.gateway.oidc.client-id",
                TestProvider.CLIENT,
                "growalert.gateway.oidc.client-secret",
                TestProvider.SECRET,
                "growalert.gateway.oidc.roles[growers]",
                roleOfGrowers,
                "growalert.gateway.oidc.roles[/farm/watchers]",
                "viewer"));
    }

    private HttpResponse<String> begin(String query) throws IOException, InterruptedException {
        var answer = gateway.get("/session/oidc" + query);
        assertThat(answer.statusCode()).isEqualTo(302);
        return answer;
    }

    private static String location(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location").orElseThrow();
    }

    private static String cookie(HttpResponse<String> answer, String name) {
        return answer.headers().allValues("Set-Cookie").stream()
                .map(cookie -> cookie.split(";", 2)[0])
                .filter(cookie -> cookie.startsWith(name + "="))
                .findFirst()
                .orElseThrow();
    }

    /** As the browser follows the provider's redirect back, with the cookie of the sign-in. */
    private HttpResponse<String> follow(HttpResponse<String> begun) throws IOException, InterruptedException {
        var back = gateway.client.send(
                HttpRequest.newBuilder(URI.create(location(begun))).build(), BodyHandlers.ofString());
        return gateway.client.send(
                HttpRequest.newBuilder(URI.create(location(back)))
                        .header("Cookie", cookie(begun, "growalert-sign-in"))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> get(RunningGateway from, String path, String cookie) throws Exception {
        return from.send(from.request(path).header("Cookie", cookie));
    }

    private static void assertRefused(HttpResponse<String> answer, String reason) {
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(location(answer)).isEqualTo("/console?sign-in=" + reason);
        assertThat(answer.headers().allValues("Set-Cookie"))
                .noneMatch(cookie -> cookie.startsWith("growalert-console="));
    }

    @Test
    void a_user_with_a_group_gets_a_session_with_its_role() throws Exception {
        var begun = begin("");
        assertThat(location(begun))
                .startsWith(provider.issuer() + "/authorize?")
                .contains("code_challenge=", "nonce=", "state=", "scope=openid%20profile%20email");
        assertThat(begun.headers().firstValue("Set-Cookie"))
                .get()
                .asString()
                .contains("Path=/session/oidc;", "HttpOnly", "SameSite=Lax");

        var signedIn = follow(begun);

        assertThat(signedIn.statusCode()).isEqualTo(302);
        assertThat(location(signedIn)).isEqualTo("/console");
        var session = cookie(signedIn, "growalert-console");
        assertThat(get(gateway, "/session", session).body())
                .contains("\"name\":\"oidc:ann@example.com\"", "\"role\":\"operator\"");
        assertThat(get(gateway, "/api/mutes", session).statusCode()).isEqualTo(200);
        assertThat(get(gateway, "/api/billing/events", session).statusCode()).isEqualTo(403);
        assertThat(signedIn.headers().allValues("Set-Cookie"))
                .anyMatch(cookie -> cookie.startsWith("growalert-sign-in=;") && cookie.contains("Max-Age=0"));
    }

    @Test
    void the_highest_role_of_several_groups_counts_and_one_group_may_be_a_text() throws Exception {
        provider.claims = Map.of("groups", List.of("/farm/watchers", "growers"));
        assertThat(get(gateway, "/session", cookie(follow(begin("")), "growalert-console"))
                        .body())
                .contains("\"name\":\"oidc:user-1\"", "\"role\":\"operator\"");

        provider.claims = Map.of("groups", "/farm/watchers");
        assertThat(get(gateway, "/session", cookie(follow(begin("")), "growalert-console"))
                        .body())
                .contains("\"role\":\"viewer\"");
    }

    @Test
    void without_a_group_there_is_no_session() throws Exception {
        provider.claims = Map.of("groups", List.of("staff"));
        assertRefused(follow(begin("")), "no_role");

        provider.claims = Map.of();
        assertRefused(follow(begin("")), "no_role");
    }

    @Test
    void a_session_has_the_role_that_its_group_has_now() throws Exception {
        var session = cookie(follow(begin("")), "growalert-console");

        try (var restarted = new RunningGateway(settings("viewer"))) {
            assertThat(get(restarted, "/session", session).body()).contains("\"role\":\"viewer\"");
        }
        var without = settings("viewer");
        without.remove("growalert.gateway.oidc.roles[growers]");
        try (var restarted = new RunningGateway(without)) {
            assertThat(get(restarted, "/session", session).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void an_answer_to_another_browser_is_refused() throws Exception {
        var begun = begin("");
        var other = begin("");
        var back = gateway.client.send(
                HttpRequest.newBuilder(URI.create(location(begun))).build(), BodyHandlers.ofString());
        var request = HttpRequest.newBuilder(URI.create(location(back)));

        assertRefused(gateway.send(request), "refused");
        assertRefused(gateway.send(request.copy().header("Cookie", cookie(other, "growalert-sign-in"))), "refused");
        assertRefused(gateway.send(request.copy().header("Cookie", "growalert-sign-in=forged")), "refused");
    }

    @Test
    void a_forged_or_foreign_token_and_a_code_that_was_redeemed_are_refused() throws Exception {
        var forger = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
        var own = provider.signingKey;
        provider.signingKey = forger;
        assertRefused(follow(begin("")), "refused");
        provider.signingKey = own;

        provider.claims = Map.of("groups", "growers", "nonce", "another");
        assertRefused(follow(begin("")), "refused");
        provider.claims = Map.of("groups", "growers", "aud", "another");
        assertRefused(follow(begin("")), "refused");

        user();
        var begun = begin("");
        var back = gateway.client.send(
                HttpRequest.newBuilder(URI.create(location(begun))).build(), BodyHandlers.ofString());
        var request =
                HttpRequest.newBuilder(URI.create(location(back))).header("Cookie", cookie(begun, "growalert-sign-in"));
        assertThat(location(gateway.send(request))).isEqualTo("/console");
        assertRefused(gateway.send(request), "refused");
    }

    @ParameterizedTest
    @CsvSource({
        "/console/incidents/8d2f?tab=x, /console/incidents/8d2f?tab=x",
        "/status/farm, /status/farm",
        "https://evil.example/console, /console",
        "//evil.example, /console",
        "/api/mutes, /console",
    })
    void a_sign_in_leads_back_to_the_page_that_it_came_from(String to, String target) throws Exception {
        var begun = begin("?to=" + URLEncoder.encode(to, UTF_8));

        assertThat(location(follow(begun))).isEqualTo(target);
    }

    @Test
    void a_provider_that_is_away_stops_neither_the_start_nor_tokens() throws Exception {
        var settings = settings("viewer");
        try (var gone = new TestProvider()) {
            settings.put("growalert.gateway.oidc.issuer", gone.issuer());
        }

        try (var alone = new RunningGateway(settings)) {
            assertRefused(alone.get("/session/oidc"), "unavailable");
            assertThat(alone.send(alone.asOperator("/api/mutes")).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void pages_learn_whether_there_is_a_provider() throws Exception {
        assertThat(gateway.get("/page-config").body()).endsWith(",\"oidc\":true}");
        try (var without = new RunningGateway()) {
            assertThat(without.get("/session/oidc").statusCode()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/session/other", "/session/oidc/other", "/login", "/logout", "/oauth2/authorization/oidc"})
    void other_paths_are_not_found(String path) throws Exception {
        assertThat(gateway.get(path).statusCode()).isEqualTo(404);
    }

    @Test
    void a_setting_that_is_missing_is_named() {
        var settings = settings("viewer");
        settings.remove("growalert.gateway.oidc.client-id");

        assertThatThrownBy(() -> new RunningGateway(settings))
                .hasMessageStartingWith("growalert.gateway.oidc.client-id: must not be blank");
    }
}
