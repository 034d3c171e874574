package io.growalert.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.growalert.runtime.Service;
import io.growalert.testkit.TestIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** A service on its own port, as a client that bypasses the gateway calls it. */
class ResourceServerTest {
    private static final String SERVICE = "example";
    private static final TestIdentity GATEWAY = new TestIdentity();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static ConfigurableApplicationContext service;

    @TempDir
    private Path folder;

    @SpringBootConfiguration(proxyBeanMethods = false)
    @Import({Api.class, ProblemAdvice.class, Web.class})
    static class Example {}

    @RestController
    static class Api {
        @GetMapping("/api/things")
        String list(Operator operator) {
            return "%s is %s".formatted(operator.name(), operator.role());
        }

        @PostMapping("/api/things")
        String change(Operator operator) {
            return "changed by " + operator.name();
        }

        @GetMapping("/api/billing/things")
        String billing() {
            return "billing";
        }

        @RequestMapping("/api/deep/{one}/{two}")
        String deep(@PathVariable String one, @PathVariable String two) {
            return one + two;
        }

        @PostMapping("/webhook")
        String webhook() {
            return "stored";
        }
    }

    @BeforeAll
    static void start() {
        service = start(Map.of("growalert.identity.public-key", GATEWAY.publicKey()));
    }

    @AfterAll
    static void stop() {
        service.close();
        HTTP.close();
    }

    private static ConfigurableApplicationContext start(Map<String, Object> settings) {
        var all = new HashMap<>(settings);
        all.put("server.port", 0);
        all.put("spring.application.name", SERVICE);
        return new Service(Example.class, "example-service").start(all);
    }

    @Test
    void an_endpoint_has_the_operator_as_an_argument() throws Exception {
        var answer = get(GATEWAY.bearer(SERVICE, "ann", "viewer"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("ann is viewer");
    }

    static Stream<@Nullable String> refused() throws Exception {
        var claims = Map.<String, Object>of("aud", SERVICE, "sub", "ann", "role", "admin");
        var valid = GATEWAY.bearer(claims);
        return Stream.of(
                // none, or of another scheme
                null,
                "Basic eDp5",
                "Bearer",
                "Bearer an-operator-token-of-a-test",
                // forged: by another key, altered, without a signature
                new TestIdentity().bearer(claims),
                valid.replaceFirst("\\.[^.]+\\.", "." + base64("{\"sub\":\"eve\",\"role\":\"admin\"}") + "."),
                "Bearer " + base64("{\"alg\":\"none\"}") + "."
                        + base64(
                                "{\"aud\":\"example\",\"sub\":\"ann\",\"role\":\"admin\",\"iss\":\"growalert-gateway\",\"exp\":4102444800}")
                        + ".",
                valid.substring(0, valid.length() - 10),
                // the public key, which is no secret, as the secret of an HMAC
                hmac(claims, GATEWAY.publicKey().getBytes(UTF_8)),
                hmac(claims, ECKey.parse(GATEWAY.publicKey()).toECPublicKey().getEncoded()),
                // expired, or without an end
                GATEWAY.bearer(with(claims, "exp", Date.from(Instant.now().minusSeconds(30)))),
                GATEWAY.bearer(with(claims, "exp", null)),
                // for another service, by another issuer
                GATEWAY.bearer(with(claims, "aud", "billing-service")),
                GATEWAY.bearer(with(claims, "aud", null)),
                GATEWAY.bearer(with(claims, "iss", "someone")),
                // of no operator
                GATEWAY.bearer(with(claims, "sub", null)),
                GATEWAY.bearer(with(claims, "role", "owner")),
                GATEWAY.bearer(with(claims, "role", null)));
    }

    private static Map<String, @Nullable Object> with(
            Map<String, ? extends @Nullable Object> claims, String claim, @Nullable Object value) {
        var changed = new HashMap<String, @Nullable Object>(claims);
        changed.put(claim, value);
        return changed;
    }

    private static String hmac(Map<String, Object> claims, byte[] secret) throws JOSEException {
        var all = new JWTClaimsSet.Builder()
                .issuer(Operator.ISSUER)
                .expirationTime(Date.from(Instant.now().plusSeconds(60)));
        claims.forEach(all::claim);
        var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), all.build());
        token.sign(new MACSigner(secret));
        return "Bearer " + token.serialize();
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(longs = {-65, -30, 30})
    void the_clocks_of_gateway_and_service_may_differ_by_some_seconds(long ahead) throws Exception {
        var signed = Instant.now().plusSeconds(ahead);
        var identity = GATEWAY.bearer(with(
                with(Map.of("aud", SERVICE, "sub", "ann", "role", "viewer"), "iat", Date.from(signed)),
                "exp",
                Date.from(signed.plusSeconds(60))));

        assertThat(get(identity).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void without_a_valid_identity_the_api_is_unauthorized(@Nullable String authorization) throws Exception {
        var answer = get(authorization);

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("\"code\":\"identity_needed\"");
    }

    @ParameterizedTest
    @CsvSource({
        "viewer,   GET,  /api/things,         200",
        "viewer,   POST, /api/things,         403",
        "viewer,   GET,  /api/billing/things, 403",
        "operator, POST, /api/things,         200",
        "operator, GET,  /api/billing/things, 403",
        "operator, GET,  /api/%62illing/things, 403",
        "admin,    POST, /api/things,         200",
        "admin,    GET,  /api/billing/things, 200",
        "admin,    GET,  /api/nothing,        404"
    })
    void the_role_decides_here_too(String role, String method, String path, int status) throws Exception {
        var request = HttpRequest.newBuilder(at(service, path))
                .header("Authorization", GATEWAY.bearer(SERVICE, "ann", role))
                .method(method, BodyPublishers.noBody());

        var answer = HTTP.send(request.build(), BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(status);
        if (status == 403) {
            assertThat(answer.body()).contains("\"code\":\"forbidden_role\"");
        }
    }

    @Test
    void paths_that_are_not_the_operators_need_no_identity() throws Exception {
        var health = HttpRequest.newBuilder(at(service, "/actuator/health")).build();
        assertThat(HTTP.send(health, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        var webhook = HttpRequest.newBuilder(at(service, "/webhook"))
                .header("Authorization", "Basic eDp5")
                .POST(BodyPublishers.noBody());
        assertThat(HTTP.send(webhook.build(), BodyHandlers.ofString()).body()).isEqualTo("stored");
    }

    /** Spring MVC matches the path as it was sent. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/things",
                "/%61pi/things",
                "/api;x=y/things",
                "//api/things",
                "/x/../api/things",
                "/api/deep/../..",
                "/api/deep/%2e%2e/%2e%2e",
                "/api/deep/..;/..;",
                "/api/deep/a%2f/b"
            })
    void no_spelling_of_a_path_is_let_in(String path) throws IOException {
        assertThat(raw("GET %s HTTP/1.1\nHost: localhost\nConnection: close\n\n".formatted(path)))
                .containsPattern("^HTTP/1.1 (400|401) ")
                .contains("application/problem+json");
    }

    @Test
    void without_a_key_the_service_runs_and_its_api_is_refused_with_the_reason() throws Exception {
        try (var other = start(Map.of())) {
            var answer = get(other, GATEWAY.bearer(SERVICE));

            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.body()).contains("\"code\":\"identity_needed\"", "growalert.identity.public-key-file");
            assertThat(HTTP.send(
                                    HttpRequest.newBuilder(at(other, "/actuator/health"))
                                            .build(),
                                    BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void a_key_file_that_appears_or_changes_is_read_again() throws Exception {
        var file = folder.resolve("public.json");
        var next = new TestIdentity();
        try (var other = start(Map.of("growalert.identity.public-key-file", file))) {
            assertThat(get(other, GATEWAY.bearer(SERVICE)).statusCode()).isEqualTo(401);

            Files.writeString(file, "{\"keys\": [%s]}".formatted(GATEWAY.publicKey()));
            await().untilAsserted(() ->
                    assertThat(get(other, GATEWAY.bearer(SERVICE)).statusCode()).isEqualTo(200));

            Files.writeString(file, next.publicKey());
            await().untilAsserted(() ->
                    assertThat(get(other, next.bearer(SERVICE)).statusCode()).isEqualTo(200));
            assertThat(get(other, GATEWAY.bearer(SERVICE)).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void a_malformed_key_stops_the_start() {
        assertThatThrownBy(() -> start(Map.of("growalert.identity.public-key", "secret")))
                .hasMessageStartingWith("growalert.identity.public-key: expected a JWK or a JWK set")
                .message()
                .hasLineCount(1);
    }

    private static HttpResponse<String> get(@Nullable String authorization) throws Exception {
        return get(service, authorization);
    }

    private static HttpResponse<String> get(ConfigurableApplicationContext called, @Nullable String authorization)
            throws Exception {
        var request = HttpRequest.newBuilder(at(called, "/api/things"));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static URI at(ConfigurableApplicationContext called, String path) {
        return URI.create("http://127.0.0.1:" + port(called) + path);
    }

    private static int port(ConfigurableApplicationContext called) {
        return called.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    private static String raw(String request) throws IOException {
        try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port(service))) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
