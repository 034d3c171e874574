package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.testkit.TestCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files for https, before anything starts. */
class HttpsTest {
    private final TestCa authority = new TestCa("authority");

    @TempDir
    private Path folder;

    private Path certificate;
    private Path key;
    private Https https;

    @BeforeEach
    void write() throws Exception {
        var web = authority.issue("web", "localhost");
        certificate = Files.writeString(folder.resolve("web.pem"), web.certificatePem());
        key = Files.writeString(folder.resolve("web.key"), web.keyPem());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        https = new Https(8443, certificate, key);
    }

    @Test
    void a_pair_is_accepted_without_a_warning() {
        assertThatCode(https::requireUsable).doesNotThrowAnyException();
        assertThat(https.warnings(Instant.now())).isEmpty();
    }

    @Test
    void a_group_may_read_the_key() throws Exception {
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));

        assertThat(https.warnings(Instant.now())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void a_key_of_another_pair_is_refused(String algorithm) throws Exception {
        var other = KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
        Files.writeString(
                key,
                "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
                        .formatted(Base64.getMimeEncoder().encodeToString(other.getEncoded())));

        assertThatThrownBy(https::requireUsable)
                .isInstanceOf(CannotRun.class)
                .hasMessage("--certificate-key: %s is not the key of the first certificate in %s"
                        .formatted(key, certificate));
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                Arguments.of("", "is empty"),
                Arguments.of("-----BEGIN OTHER-----\n", "PEM"),
                Arguments.of("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "PEM"),
                Arguments.of("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "PEM"),
                Arguments.of("\uFFFD\0\1", "PEM"));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void a_damaged_file_is_named_with_its_option(String content, String reason) throws Exception {
        var good = Files.readString(certificate);
        Files.writeString(certificate, content);
        assertThatThrownBy(https::requireUsable)
                .isInstanceOf(CannotRun.class)
                .hasMessageStartingWith("--certificate: " + certificate + " ")
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");

        Files.writeString(certificate, good);
        Files.writeString(key, content);
        assertThatThrownBy(https::requireUsable)
                .isInstanceOf(CannotRun.class)
                .hasMessageStartingWith("--certificate-key: " + key + " ")
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }

    @Test
    void bytes_that_are_no_text_are_no_pem() throws Exception {
        Files.write(certificate, new byte[] {(byte) 0xff, 0, (byte) 0xc3});

        assertThatThrownBy(https::requireUsable)
                .isInstanceOf(CannotRun.class)
                .hasMessageStartingWith("--certificate: " + certificate + " has no certificate");
    }

    @Test
    void swapped_files_are_refused() {
        assertThatThrownBy(new Https(8443, key, certificate)::requireUsable)
                .isInstanceOf(CannotRun.class)
                .hasMessageStartingWith("--certificate: " + key + " has no certificate");
    }

    @Test
    void a_folder_is_refused() {
        assertThatThrownBy(new Https(8443, folder, key)::requireUsable)
                .isInstanceOf(CannotRun.class)
                .hasMessage("--certificate: " + folder + " is a folder");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"
            })
    void an_encrypted_key_is_refused_with_the_remedy(String content) throws Exception {
        Files.writeString(key, content);

        assertThatThrownBy(https::requireUsable)
                .isInstanceOf(CannotRun.class)
                .hasMessage("--certificate-key: %1$s is encrypted: decrypt it with openssl pkey -in %1$s -out FILE"
                        .formatted(key));
    }

    @Test
    void a_certificate_that_is_not_valid_now_is_a_warning() {
        var now = Instant.now();

        assertThat(https.warnings(now.plus(Duration.ofDays(400))))
                .singleElement()
                .asString()
                .startsWith("--certificate: " + certificate + " expired on ");
        assertThat(https.warnings(now.minus(Duration.ofDays(400))))
                .singleElement()
                .asString()
                .startsWith("--certificate: " + certificate + " is valid only from ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw----r--", "rw-----w-", "rw--w----"})
    void a_key_that_others_can_use_is_a_warning(String permissions) throws Exception {
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(permissions));

        assertThat(https.warnings(Instant.now()))
                .containsExactly("--certificate-key: %s can be read or changed by others: chmod 600 it".formatted(key));
    }
}
