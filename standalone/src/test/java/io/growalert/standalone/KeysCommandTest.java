package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeysCommandTest {
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void missing_keys_are_created_and_existing_ones_stay() throws Exception {
        var keys = folder.resolve("keys");
        assertThat(run(keys)).isZero();
        var identity = Files.readString(keys.resolve("identity-key.json"));
        var session = Files.readString(keys.resolve("session-key.json"));
        Files.delete(keys.resolve("identity-public-key.json"));

        assertThat(run(keys)).isZero();

        assertThat(keys.resolve("identity-key.json")).hasContent(identity);
        assertThat(keys.resolve("session-key.json")).hasContent(session);
        assertThat(Files.readString(keys.resolve("identity-public-key.json")))
                .contains("\"keys\"", "\"crv\":\"P-256\"")
                .doesNotContain("\"d\":");
        for (var secret : new String[] {"identity-key.json", "session-key.json"}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys.resolve(secret))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void an_unusable_file_is_one_line() throws Exception {
        Files.writeString(folder.resolve("identity-key.json"), "nonsense");

        assertThat(run(folder)).isEqualTo(1);
        assertThat(err.toString().strip())
                .hasLineCount(1)
                .contains("identity-key.json", "no private JWK", "restore it, or delete it: a new key is then created");

        err.getBuffer().setLength(0);
        Files.delete(folder.resolve("identity-key.json"));
        Files.writeString(folder.resolve("session-key.json"), "nonsense");
        assertThat(run(folder)).isEqualTo(1);
        assertThat(err.toString().strip())
                .hasLineCount(1)
                .contains("session-key.json", "no octet JWK", "restore it, or delete it: a new key is then created");
    }

    /** Root may write anywhere, so a folder without write access is one that not even root may write to. */
    @ParameterizedTest
    @ValueSource(strings = {"/proc/growalert", "/dev/null"})
    void a_folder_that_cannot_be_written_to_is_one_line(String place) {
        assertThat(run(Path.of(place))).isEqualTo(1);
        assertThat(err.toString().strip())
                .hasLineCount(1)
                .contains(place, "give this user write access to its folder, or name another")
                .doesNotContain("java.");
    }

    @Test
    void nobody_else_may_write_the_public_key_whatever_the_umask() throws Exception {
        var keys = Files.createDirectory(folder.resolve("keys"));
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "umask 000; exec \"$@\"",
                        "sh",
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.growalert.standalone.GrowAlert",
                        "keys",
                        keys.toString())
                .inheritIO()
                .start();

        assertThat(process.waitFor()).isZero();
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(keys.resolve("identity-public-key.json"))))
                .isEqualTo("rw-r--r--");
    }

    private int run(Path keys) {
        return GrowAlert.commandLine()
                .setOut(new PrintWriter(new StringWriter(), true))
                .setErr(new PrintWriter(err, true))
                .execute("keys", keys.toString());
    }
}
