package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import io.growalert.runtime.http.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What services learn about the operator, and from whom. */
class IdentityTest {
    @TempDir
    private Path folder;

    private Map<String, Object> settings() {
        return Map.of(
                "growalert.gateway.operators-file", folder.resolve("operators.json"),
                "growalert.gateway.identity.private-key-file", folder.resolve("keys/private.json"),
                "growalert.gateway.identity.public-key-file", folder.resolve("keys/public.json"));
    }

    private ECKey publicKey() throws Exception {
        return JWKSet.parse(Files.readString(folder.resolve("keys/public.json")))
                .getKeys()
                .getFirst()
                .toECKey();
    }

    private SignedJWT verified(StubBackend.Seen seen) throws Exception {
        var sent = seen.headers().getOrDefault("Authorization", List.of());
        assertThat(sent).hasSize(1);
        var token = SignedJWT.parse(sent.getFirst().replaceFirst("^Bearer ", ""));
        assertThat(token.verify(new ECDSAVerifier(publicKey()))).isTrue();
        return token;
    }

    @Test
    void each_service_gets_an_identity_of_the_operator_that_is_signed_for_it_for_a_minute() throws Exception {
        var token = new OperatorsFile(folder.resolve("operators.json"))
                .add("ann", Role.ADMIN, Instant.now())
                .orElseThrow();
        try (var gateway = new RunningGateway(settings())) {
            var backends = Map.of(
                    "monitor-service", gateway.monitors,
                    "alert-dispatcher", gateway.dispatcher,
                    "billing-service", gateway.billing);
            for (var path : List.of("/api/monitors", "/api/mutes", "/api/billing/events")) {
                gateway.send(gateway.request(path).header("Authorization", "Bearer " + token));
            }

            for (var service : backends.keySet()) {
                var identity = verified(backends.get(service).last());
                var claims = identity.getJWTClaimsSet();
                assertThat(identity.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.ES256);
                assertThat(claims.getIssuer()).isEqualTo("growalert-gateway");
                assertThat(claims.getSubject()).isEqualTo("ann");
                assertThat(claims.getStringClaim("role")).isEqualTo("admin");
                assertThat(claims.getAudience()).containsExactly(service);
                assertThat(Duration.between(
                                claims.getIssueTime().toInstant(),
                                claims.getExpirationTime().toInstant()))
                        .isEqualTo(Duration.ofMinutes(1));
            }
        }
    }

    @Test
    void an_identity_that_a_client_sends_reaches_no_service() throws Exception {
        try (var gateway = new RunningGateway(settings())) {
            gateway.send(gateway.asOperator("/api/mutes"));
            var own = gateway.dispatcher.last().header("Authorization");

            // as a bearer token of an operator it is none
            assertThat(gateway.send(gateway.request("/api/mutes").header("Authorization", own))
                            .statusCode())
                    .isEqualTo(401);
            // a second Authorization does not pass
            gateway.raw("""
                    GET /api/mutes?second HTTP/1.1
                    Host: a
                    Authorization: Bearer %s
                    Authorization: Bearer forged
                    Connection: close

                    """.formatted(RunningGateway.TOKEN));
            assertThat(gateway.dispatcher.last().uri()).endsWith("?second");
            assertThat(verified(gateway.dispatcher.last()).getJWTClaimsSet().getSubject())
                    .isEqualTo("operator");
        }
    }

    @Test
    void an_identity_is_signed_once_for_requests_that_follow_soon() throws Exception {
        try (var gateway = new RunningGateway(settings())) {
            gateway.send(gateway.asOperator("/api/mutes"));
            var first = gateway.dispatcher.last().header("Authorization");
            gateway.send(gateway.asOperator("/api/alerts"));

            assertThat(gateway.dispatcher.last().header("Authorization")).isEqualTo(first);
        }
    }

    @Test
    void paths_that_are_open_to_all_have_no_identity() throws Exception {
        try (var gateway = new RunningGateway(settings())) {
            gateway.send(gateway.asOperator("/config"));

            assertThat(gateway.billing.last().header("Authorization")).isEqualTo("Bearer " + RunningGateway.TOKEN);
            gateway.get("/config");
            assertThat(gateway.billing.last().headers()).doesNotContainKey("Authorization");
        }
    }

    @Test
    void the_private_key_is_created_once_for_its_owner_and_not_published() throws Exception {
        new RunningGateway(settings()).close();
        var first = publicKey();
        var file = folder.resolve("keys/private.json");

        new RunningGateway(settings()).close();

        assertThat(publicKey()).isEqualTo(first);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(ECKey.parse(Files.readString(file)).isPrivate()).isTrue();
        assertThat(first.isPrivate()).isFalse();
        assertThat(folder.resolve("keys/public.json")).content().doesNotContain("\"d\"");
    }

    @Test
    void gateways_that_create_the_key_at_the_same_time_have_one_key() throws Exception {
        int gateways = 4;
        for (int round = 0; round < 25; round++) {
            var files = new GatewaySettings.Identity(
                    folder.resolve(round + "/private.json"), folder.resolve(round + "/public.json"));
            var start = new CyclicBarrier(gateways);
            var keys = new ArrayList<Future<ECKey>>();
            try (var threads = Executors.newFixedThreadPool(gateways)) {
                for (int i = 0; i < gateways; i++) {
                    keys.add(threads.submit(() -> {
                        start.await();
                        return IdentityKey.of(files);
                    }));
                }
            }

            var stored = ECKey.parse(Files.readString(folder.resolve(round + "/private.json")));
            for (var key : keys) {
                assertThat(key.get()).isEqualTo(stored);
            }
            try (var remaining = Files.list(folder.resolve(Integer.toString(round)))) {
                assertThat(remaining).hasSize(2);
            }
        }
    }

    @Test
    void without_a_file_each_start_has_a_key_of_its_own() throws Exception {
        var settings = Map.<String, Object>of(
                "growalert.gateway.identity.public-key-file", folder.resolve("keys/public.json"));
        new RunningGateway(settings).close();
        var first = publicKey();

        new RunningGateway(settings).close();

        assertThat(publicKey()).isNotEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"a\",\"y\":\"b\"}"})
    void a_file_without_a_private_key_stops_the_start_and_is_not_quoted(String content) throws Exception {
        var file = Files.writeString(folder.resolve("private.json"), content);

        assertThatThrownBy(() -> new RunningGateway(Map.of("growalert.gateway.identity.private-key-file", file)))
                .hasMessage(
                        "growalert.gateway.identity.private-key-file: %s has no private JWK of the curve P-256: restore it, or delete it: a new key is then created"
                                .formatted(file));
    }
}
