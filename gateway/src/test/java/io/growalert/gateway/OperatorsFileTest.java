package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.runtime.http.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorsFileTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    @TempDir
    private Path folder;

    private OperatorsFile file() {
        return new OperatorsFile(folder.resolve("new/operators.json"));
    }

    @Test
    void an_added_operator_is_stored_with_the_digest_of_the_token_for_the_owner_only() throws Exception {
        var token = file().add("ann", Role.OPERATOR, NOW).orElseThrow();

        assertThat(token).matches("[A-Za-z0-9_-]{43}");
        assertThat(file().read())
                .containsExactly(new OperatorsFile.Entry("ann", Role.OPERATOR, TokenDigest.hex(token), NOW));
        var stored = folder.resolve("new/operators.json");
        assertThat(stored).content().doesNotContain(token).contains("\"operator\"", "2026-11-27T12:00:00Z");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(stored)))
                .isEqualTo("rw-------");
    }

    @Test
    void a_name_is_given_once() throws Exception {
        file().add("ann", Role.OPERATOR, NOW);

        assertThat(file().add("ann", Role.ADMIN, NOW)).isEmpty();
        assertThat(file().read()).hasSize(1);
    }

    @Test
    void a_revoked_operator_is_removed_and_an_unknown_one_is_reported() throws Exception {
        file().add("ann", Role.OPERATOR, NOW);
        file().add("bob", Role.VIEWER, NOW);

        assertThat(file().revoke("ann")).isTrue();
        assertThat(file().revoke("ann")).isFalse();
        assertThat(file().read()).extracting(OperatorsFile.Entry::name).containsExactly("bob");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "operator", "-ann", "a b", "ann\n", "ä"})
    void a_name_that_no_operator_can_have_is_refused(String name) {
        assertThatThrownBy(() -> file().add(name, Role.VIEWER, NOW)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            not JSON                                                                          |
            {"operators": 1}                                                                  |
            {"operators": [null]}                                                             | an operator is null
            {"operators": [{"role": "viewer"}]}                                               | expected a name
            {"operators": [{"name": "a", "tokenSha256": "00", "role": "viewer"}]}             | 64 hexadecimal digits
            {"operators": [{"name": "a", "tokenSha256": "00", "createdAt": "2026-11-27T12:00:00Z"}]} | role: expected
            """)
    void a_malformed_file_is_reported(String content, String reason) {
        assertThatThrownBy(() -> OperatorsFile.parse(content))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason == null ? "" : reason);
    }

    @Test
    void a_name_that_is_there_twice_is_reported() throws Exception {
        file().add("ann", Role.OPERATOR, NOW);
        file().add("bob", Role.VIEWER, NOW);
        var content = Files.readString(folder.resolve("new/operators.json")).replace("bob", "ann");

        assertThatThrownBy(() -> OperatorsFile.parse(content)).hasMessage("operator 'ann' is there twice");
    }
}
