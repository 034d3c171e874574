package io.growalert.definitions;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretTest {
    @TempDir
    Path folder;

    private final Problems problems = new Problems();

    @Test
    void a_secret_is_never_shown() {
        assertThat(new Secret("hunter2").toString()).isEqualTo("***");
        assertThat(Optional.of(new Secret("hunter2")).toString()).doesNotContain("hunter2");
    }

    @Test
    void a_secret_is_given_as_text() throws Exception {
        assertThat(secret("password: hunter2")).contains(new Secret("hunter2"));
        assertThat(problems()).isEmpty();
    }

    @Test
    void a_secret_is_read_from_a_file_without_its_last_lines_end() throws Exception {
        var file = Files.writeString(folder.resolve("secret"), "  hunter 2\r\n");

        assertThat(secret("password-file: " + file)).contains(new Secret("  hunter 2"));
        assertThat(secret("password-file: secret")).contains(new Secret("  hunter 2"));
        assertThat(secret("password-file: ${FOLDER}/secret")).contains(new Secret("  hunter 2"));
        assertThat(problems()).isEmpty();
    }

    @Test
    void a_secret_is_given_in_one_way_only() throws Exception {
        assertThat(secret("password: a\npassword-file: b")).isEmpty();
        assertThat(problems()).containsExactly("2:1 password-file: give either password or password-file, not both");
    }

    @Test
    void a_file_that_holds_no_secret_is_reported() throws Exception {
        Files.writeString(folder.resolve("empty"), "\n");
        Files.writeString(folder.resolve("latin"), "\u00fc", ISO_8859_1);

        assertThat(secret("password-file: gone")).isEmpty();
        assertThat(secret("\npassword-file: empty")).isEmpty();
        assertThat(secret("\n\npassword-file: latin")).isEmpty();
        assertThat(secret("\n\n\npassword-file: \"a\\0b\"")).isEmpty();

        assertThat(problems())
                .containsExactly(
                        "1:1 password-file: the file gone cannot be read: there is no such file",
                        "2:1 password-file: the file empty is empty",
                        "3:1 password-file: the file latin cannot be read: it is not text in UTF-8",
                        "4:1 password-file: 'a\0b' is no name of a file");
    }

    private Optional<Secret> secret(String text) throws Exception {
        var file = Files.writeString(folder.resolve("farm.yaml"), text);
        return DefinitionFile.read(file, new Variables(Map.of("FOLDER", folder.toString())), problems)
                .flatMap(root -> root.secret("password"));
    }

    private List<String> problems() {
        return problems.inOrder().stream()
                .map(problem -> "%d:%d %s: %s"
                        .formatted(problem.place().line(), problem.place().column(), problem.key(), problem.message()))
                .toList();
    }
}
