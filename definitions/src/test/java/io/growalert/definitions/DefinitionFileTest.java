package io.growalert.definitions;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DefinitionFileTest {
    @TempDir
    Path folder;

    @Test
    void reads_a_file() throws Exception {
        var problems = new Problems();

        var root = DefinitionFile.read(file("id: room-co2 # ünïcode"), new Variables(Map.of()), problems);

        assertThat(root.flatMap(section -> section.text("id"))).contains("room-co2");
        assertThat(problems.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# only a comment\n", "---\n", "--- {}\n...\n", "\uFEFF", "\uFEFF# marked\n"})
    void an_empty_file_is_a_root_without_keys(String text) {
        assertThat(new Read(text).root().keys()).isEmpty();
    }

    @Test
    void a_byte_order_mark_is_no_part_of_the_first_key() {
        assertThat(new Read("\uFEFFid: a").root().keys()).containsExactly("id");
    }

    @Test
    void line_ends_of_windows_are_line_ends() {
        var read = new Read("a: 1\r\nb: x\r\n");
        read.root().number("b");

        assertThat(read.problems()).containsExactly("farm.yaml:2:1: b: expected a number, not 'x'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "- a\n- b", "[]", "5", "''"})
    void a_root_that_is_no_mapping_is_reported(String text) {
        assertThat(Read.failing(text)).containsExactly("farm.yaml:1:1: the file must be a mapping of keys to values");
    }

    @Test
    void a_broken_line_is_named() {
        assertThat(Read.failing("a: 1\nb: [1, 2\nc: 3\n"))
                .containsExactly("farm.yaml:3:2: not YAML: expected ',' or ']', but got :");
        assertThat(Read.failing("a: 1\n\tb: 2\n"))
                .containsExactly("farm.yaml:2:1: not YAML: found character '\\t(TAB)' that cannot start any token."
                        + " (Do not use \\t(TAB) for indentation)");
        assertThat(Read.failing("a: 1\n  b: 2\n"))
                .containsExactly("farm.yaml:2:4: not YAML: mapping values are not allowed here");
        assertThat(Read.failing("a: 1\n---\nb: 2\n"))
                .singleElement()
                .asString()
                .startsWith("farm.yaml:2:1: not YAML: ");
    }

    @Test
    void a_nesting_that_is_too_deep_is_named_with_its_line() {
        assertThat(Read.failing("a: 1\nb:\n  " + "[".repeat(1_000)))
                .singleElement()
                .asString()
                .matches("farm\\.yaml:3:\\d+: not YAML: Nesting Depth exceeded max 50");
        var deep = new StringBuilder("a: 1\n");
        for (int i = 0; i < 60; i++) {
            deep.append(" ".repeat(i)).append("k:\n");
        }
        assertThat(Read.failing(deep.toString()))
                .singleElement()
                .asString()
                .matches("farm\\.yaml:5\\d:\\d+: not YAML: Nesting Depth exceeded max 50");
    }

    /** The library's reader needs minutes for each of these. */
    @Test
    @Timeout(60)
    void a_long_line_is_read_once() {
        var line = "x".repeat(16_000_000);

        assertThat(new Read("# " + line + "\nid: a").root().keys()).containsExactly("id");
        assertThat(new Read("id: 'a\ud83c\udf31" + line + "'").value(root -> root.text("id")))
                .isPresent();
    }

    @Test
    void a_character_that_is_not_allowed_is_named_with_its_place() {
        assertThat(Read.failing("a: 1\nb: x\u0000y\n"))
                .containsExactly("farm.yaml:2:5: the character U+0000 is not allowed");
        assertThat(Read.failing("a: 1\n\ud83c\udf31: \u0007\n"))
                .containsExactly("farm.yaml:2:5: the character U+0007 is not allowed");
        assertThat(Read.failing("# " + "x".repeat(5_000) + "\n\u0001"))
                .containsExactly("farm.yaml:2:1: the character U+0001 is not allowed");
    }

    @Test
    void what_cannot_be_read_is_reported() throws Exception {
        assertThat(problemsOf(folder.resolve("gone.yaml")))
                .containsExactly(folder + "/gone.yaml:1:1: the file cannot be read: there is no such file");
        assertThat(problemsOf(folder))
                .singleElement()
                .asString()
                .startsWith(folder + ":1:1: the file cannot be read: ");
        var latin = Files.writeString(folder.resolve("latin.yaml"), "a: \u00fc", ISO_8859_1);
        assertThat(problemsOf(latin)).containsExactly(latin + ":1:1: the file cannot be read: it is not text in UTF-8");
    }

    @Test
    void a_file_without_permission_is_reported() {
        // not with a real file, since the tests may run as a user who may read everything
        assertThat(DefinitionFile.reason(new AccessDeniedException("farm.yaml")))
                .isEqualTo("no permission to read it");
    }

    @Test
    void a_huge_file_is_refused_unread() throws Exception {
        var file = file("");
        try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(DefinitionFile.MAX_BYTES + 1L);
        }

        assertThat(problemsOf(file)).containsExactly(file + ":1:1: the file is larger than 64 MiB");
    }

    private Path file(String text) throws Exception {
        return Files.writeString(folder.resolve("farm.yaml"), text);
    }

    private static List<String> problemsOf(Path file) {
        var problems = new Problems();
        assertThat(DefinitionFile.read(file, new Variables(Map.of()), problems)).isEmpty();
        return problems.inOrder().stream().map(DefinitionProblem::toString).toList();
    }
}
