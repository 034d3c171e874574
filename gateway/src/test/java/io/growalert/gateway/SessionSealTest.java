package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionSealTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final BrowserSession SESSION =
            new BrowserSession.ByToken("ann", "0123456789abcdef", NOW.plus(Duration.ofHours(8)));

    @TempDir
    private Path folder;

    private Instant now = NOW;
    private final SessionSeal seal = new SessionSeal(null, () -> now);

    @Test
    void a_sealed_session_can_be_opened_until_it_expires() {
        var sealed = seal.seal(SESSION);
        assertThat(sealed).doesNotContain("ann").matches("[\\w-]+\\.\\.[\\w-]+\\.[\\w-]+\\.[\\w-]+");
        assertThat(seal.session(sealed)).hasValue(SESSION);
        var byGroup = new BrowserSession.ByGroup("ann@example.com", "growers", NOW.plusSeconds(1));
        assertThat(seal.session(seal.seal(byGroup))).hasValue(byGroup);

        now = SESSION.expiresAt().minusMillis(1);
        assertThat(seal.session(sealed)).isPresent();
        now = SESSION.expiresAt();
        assertThat(seal.session(sealed)).isEmpty();
    }

    @Test
    void nothing_else_is_a_session() {
        var sealed = seal.seal(SESSION);
        var changed = sealed.substring(0, sealed.length() - 30) + "A".repeat(30);

        for (var other : List.of("", ".", "....", "eyJhbGciOiJub25lIn0.e30.", changed, sealed + "x", "ä" + sealed)) {
            assertThat(seal.session(other)).as(other).isEmpty();
        }
        assertThat(new SessionSeal(null, () -> now).session(sealed)).isEmpty();
    }

    @Test
    void what_is_sealed_for_another_purpose_is_no_session() throws Exception {
        var claims = com.nimbusds.jwt.JWTClaimsSet.parse("{\"sub\": \"ann\", \"tid\": \"0123456789abcdef\"}");
        var sealed = seal.seal("other", claims, SESSION.expiresAt());

        assertThat(seal.open("other", sealed)).isPresent();
        assertThat(seal.session(sealed)).isEmpty();
    }

    @Test
    void the_key_is_created_once_for_its_owner() throws Exception {
        var file = folder.resolve("keys/session.json");
        var sealed = new SessionSeal(file, () -> now).seal(SESSION);

        assertThat(new SessionSeal(file, () -> now).session(sealed)).hasValue(SESSION);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"kty\":\"oct\",\"k\":\"c2hvcnQ\"}", "{\"kty\":\"EC\"}"})
    void a_file_without_a_key_stops_the_start_and_is_not_quoted(String content) throws Exception {
        var file = Files.writeString(folder.resolve("key.json"), content);

        assertThatThrownBy(() -> new SessionSeal(file, () -> now))
                .hasMessage(
                        "growalert.gateway.session.key-file: %s has no octet JWK of 256 bits: restore it, or delete it: a new key is then created"
                                .formatted(file));
    }
}
