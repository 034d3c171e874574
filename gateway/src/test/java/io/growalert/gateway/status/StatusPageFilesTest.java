package io.growalert.gateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.definitions.DefinitionProblem;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import io.growalert.evaluation.match.Matcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusPageFilesTest {
    @TempDir
    private Path folder;

    private final Problems problems = new Problems();

    private List<StatusPageDefinition> read(String... texts) throws IOException {
        var files = new java.util.ArrayList<Path>();
        for (var text : texts) {
            files.add(Files.writeString(folder.resolve("file-%d.yaml".formatted(files.size())), text));
        }
        return StatusPageFiles.read(files, new Variables(Map.of("SITE", "north")), problems);
    }

    private List<String> problems() {
        return problems.inOrder().stream()
                .map(DefinitionProblem::toString)
                .map(text -> text.replace(folder + "/", ""))
                .toList();
    }

    @Test
    void a_page_has_a_name_a_title_matchers_and_whether_it_is_public() throws Exception {
        var pages = read("""
                statusPages:
                  - name: farm
                    title: The farm <north>
                    match: ["site=${SITE}", "room=~lab.*"]
                    public: true
                  - {name: all-else, match: ["site!=north"]}
                monitors: []
                """, "receivers: {}");

        assertThat(problems()).isEmpty();
        assertThat(pages)
                .containsExactly(
                        new StatusPageDefinition(
                                "farm",
                                "The farm <north>",
                                List.of(Matcher.of("site=north"), Matcher.of("room=~lab.*")),
                                true),
                        new StatusPageDefinition("all-else", "all-else", List.of(Matcher.of("site!=north")), false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            match: [a=b]                        | file-0.yaml:2:5: statusPages[0].name: is missing; it is required
            name: farm                          | file-0.yaml:2:5: statusPages[0].match: is missing; it is required
            {name: Farm, match: [a=b]}          | file-0.yaml:2:6: statusPages[0].name: 'Farm': expected a name, which matches [a-z0-9-]{1,64}
            {name: a.json, match: [a=b]}        | file-0.yaml:2:6: statusPages[0].name: 'a.json': expected a name, which matches [a-z0-9-]{1,64}
            {name: farm, match: []}             | file-0.yaml:2:18: statusPages[0].match: expected 1 to 20 matchers
            {name: farm, match: [site]}         | file-0.yaml:2:26: statusPages[0].match: 'site': expected a label, one of = != =~ !~, and a value, such as site=north
            {name: farm, match: [a=b], title: ' '} | file-0.yaml:2:32: statusPages[0].title: expected 1 to 200 characters
            {name: farm, match: [a=b], public: maybe} | file-0.yaml:2:32: statusPages[0].public: expected true or false, not 'maybe'
            {name: farm, match: [a=b], publik: true}  | file-0.yaml:2:32: statusPages[0].publik: unknown key; did you mean public?; expected one of name, title, match, public
            """)
    void a_mistake_is_reported_with_its_place(String page, String problem) throws Exception {
        read("statusPages:\n  - " + page);

        assertThat(problems()).containsExactly(problem);
    }

    @Test
    void a_name_is_unique_in_all_files_and_matchers_are_limited() throws Exception {
        read(
                "statusPages: [{name: farm, match: [a=b]}]",
                "statusPages:\n  - {name: farm, match: [a=b]}\n  - {name: many, match: [%s]}"
                        .formatted(
                                IntStream.range(0, 21).mapToObj(i -> "a=" + i).collect(Collectors.joining(", "))));

        assertThat(problems())
                .containsExactly(
                        "file-1.yaml:2:6: statusPages[0].name: the status page is already defined at %s/file-0.yaml:1:16"
                                .formatted(folder)
                                .replace(folder + "/", ""),
                        "file-1.yaml:3:18: statusPages[1].match: expected 1 to 20 matchers");
    }
}
