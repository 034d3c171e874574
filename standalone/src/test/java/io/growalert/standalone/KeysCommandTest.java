package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        assertThat(err.toString().strip()).hasLineCount(1).contains("identity-key.json", "no private JWK");
    }

    private int run(Path keys) {
        return GrowAlert.commandLine()
                .setOut(new PrintWriter(new StringWriter(), true))
                .setErr(new PrintWriter(err, true))
                .execute("keys", keys.toString());
    }
}
