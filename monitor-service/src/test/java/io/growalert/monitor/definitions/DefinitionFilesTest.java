package io.growalert.monitor.definitions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefinitionFilesTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    @TempDir
    private Path folder;

    private Instant now = NOON;
    private Path file = Path.of("definitions.yaml");
    private DefinitionFiles files = new DefinitionFiles(List.of(), "mine", () -> now);

    @BeforeEach
    void setUp() {
        file = folder.resolve("definitions.yaml");
        files = new DefinitionFiles(List.of(file), "mine", () -> now);
    }

    @Test
    void the_first_look_reads_and_the_next_ones_only_when_the_content_changed() throws IOException {
        write("receivers: {}");
        assertThat(files.readIfChanged()).isPresent();
        assertThat(files.readIfChanged()).isEmpty();

        Files.setLastModifiedTime(file, FileTime.from(NOON.plusSeconds(60)));
        assertThat(files.readIfChanged()).isEmpty();

        write("receivers: {ops: {}}");
        assertThat(files.readIfChanged()).isEmpty();
        assertThat(files.readIfChanged()).isPresent();
        assertThat(files.readIfChanged()).isEmpty();
    }

    @Test
    void a_file_that_is_being_written_is_read_when_it_is_complete() throws IOException {
        write("sources: {a: {memory: {name: a}}}");
        files.readIfChanged();

        write("");
        assertThat(files.readIfChanged()).isEmpty();
        write("sources: {b: {memory: {name: ");
        assertThat(files.readIfChanged()).isEmpty();
        write("sources: {b: {memory: {name: b}}}");
        assertThat(files.readIfChanged()).isEmpty();

        assertThat(files.readIfChanged().orElseThrow().problems()).isEmpty();
    }

    @Test
    void an_empty_file_is_a_problem_also_at_the_start_and_a_set_without_definitions_is_none() throws IOException {
        write("# nothing\n");
        assertThat(files.readIfChanged().orElseThrow().problems())
                .singleElement()
                .satisfies(
                        problem -> assertThat(problem.toString()).contains("definitions.yaml:1:1: the file is empty"));

        write("monitors: []");
        files.readIfChanged();
        assertThat(files.readIfChanged().orElseThrow().problems()).isEmpty();
    }

    @Test
    void a_change_that_is_undone_before_it_was_read_is_none() throws IOException {
        write("receivers: {}");
        files.readIfChanged();

        write("receivers: {ops: {}}");
        files.readIfChanged();
        write("receivers: {}");

        assertThat(files.readIfChanged()).isEmpty();
        assertThat(files.readIfChanged()).isEmpty();
    }

    @Test
    void a_change_within_the_same_time_stamp_and_of_the_same_size_is_seen() throws IOException {
        write("sources: {a: {}}");
        files.readIfChanged();
        now = NOON.plusSeconds(1);

        write("sources: {b: {}}");

        assertThat(files.readIfChanged()).isEmpty();
        assertThat(files.readIfChanged()).isPresent();
    }

    @Test
    void a_file_that_is_gone_is_a_problem_once_and_is_read_when_it_is_back() throws IOException {
        write("receivers: {}");
        files.readIfChanged();

        Files.delete(file);

        assertThat(files.readIfChanged()).isEmpty();
        assertThat(files.readIfChanged().orElseThrow().problems())
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.message()).isEqualTo("the file cannot be read: there is no such file"));
        now = NOON.plus(Duration.ofMinutes(1));
        assertThat(files.readIfChanged()).isEmpty();
        write("receivers: {}");
        assertThat(files.readIfChanged()).isEmpty();
        assertThat(files.readIfChanged().orElseThrow().problems()).isEmpty();
    }

    @Test
    void a_symbolic_link_that_points_elsewhere_is_a_change() throws IOException {
        var one = Files.writeString(folder.resolve("one.yaml"), "sources: {a: {}}");
        var two = Files.writeString(folder.resolve("two.yaml"), "sources: {a: {}, b: {}}");
        Files.createSymbolicLink(file, one);
        files.readIfChanged();

        Files.delete(file);
        Files.createSymbolicLink(file, two);

        assertThat(files.readIfChanged()).isEmpty();
        assertThat(files.readIfChanged()).isPresent();
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(NOON));
    }
}
