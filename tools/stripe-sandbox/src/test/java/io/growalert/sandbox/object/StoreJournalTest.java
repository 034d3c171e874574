package io.growalert.sandbox.object;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.sandbox.http.JsonNodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class StoreJournalTest {
    @TempDir
    private Path folder;

    private Path path;

    @BeforeEach
    void path() {
        path = folder.resolve("new/sandbox.jsonl");
    }

    @Test
    void what_was_kept_last_is_there_again_in_the_order_of_the_first() {
        write(object("a", 1), object("b", 2));
        write(object("c", 3), object("a", 4));

        assertThat(reopened()).containsExactly(object("a", 4), object("b", 2), object("c", 3));
    }

    @Test
    void a_torn_last_line_is_left_out_as_a_whole() throws IOException {
        write(object("a", 1));
        Files.write(path, "[{\"id\":\"a\",\"n\":9},{\"id\":\"\u00e9".getBytes(UTF_8), StandardOpenOption.APPEND);
        var torn = Files.readAllBytes(path);
        Files.write(path, Arrays.copyOf(torn, torn.length - 1));

        assertThat(reopened()).containsExactly(object("a", 1));
        write(object("b", 2));
        assertThat(reopened()).containsExactly(object("a", 1), object("b", 2));
    }

    @Test
    void a_corrupt_line_in_the_middle_stops_the_start_and_is_named() throws IOException {
        write(object("a", 1));
        Files.writeString(path, "[{\"id\"\n[{\"id\":\"b\"}]\n", StandardOpenOption.APPEND);

        assertThatThrownBy(() -> StoreJournal.open(path))
                .hasMessageContaining("line 2")
                .hasMessageContaining("no JSON");
    }

    @Test
    void the_file_does_not_grow_with_what_was_overwritten() throws IOException {
        for (int n = 0; n < 100; n++) {
            write(object("a", n));
        }

        reopened();

        assertThat(Files.readAllLines(path)).containsExactly("[{\"id\":\"a\",\"n\":99}]");
    }

    @Test
    void two_at_once_are_refused() {
        try (var first = StoreJournal.open(path).journal()) {
            first.append(List.of(object("a", 1)));
            assertThatThrownBy(() -> StoreJournal.open(path)).hasMessageContaining("another sandbox");
        }
        assertThat(reopened()).hasSize(1);
    }

    private void write(ObjectNode... objects) {
        try (var journal = StoreJournal.open(path).journal()) {
            journal.append(List.of(objects));
        }
    }

    private List<ObjectNode> reopened() {
        var opened = StoreJournal.open(path);
        opened.journal().close();
        return opened.objects();
    }

    private static ObjectNode object(String id, int n) {
        return JsonNodes.object().put("id", id).put("n", n);
    }
}
