package io.growalert.dispatcher.silence;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import io.growalert.evaluation.match.Matcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SilenceFilesTest {
    @TempDir
    private Path folder;

    private final Problems problems = new Problems();

    @Test
    void windows_and_inhibitions_of_all_files_are_read() throws IOException {
        var rules = read("""
                silences:
                  - {matchers: ["site=north", "room!=lab"], days: [sun], from: "22:00", to: "06:00", zone: Europe/Berlin,
                     comment: watering}
                """, """
                inhibit:
                  - {source: ["monitor=uplink"], target: ["room=~.+"], equal: [site, hall]}
                """);

        assertThat(problems.isEmpty()).isTrue();
        assertThat(rules.windows()).singleElement().satisfies(window -> {
            assertThat(window.matchers()).containsExactly(Matcher.of("site=north"), Matcher.of("room!=lab"));
            assertThat(window.interval().contains(Instant.parse("2026-11-29T21:00:00Z")))
                    .isTrue();
            assertThat(window.comment()).isEqualTo("watering");
        });
        assertThat(rules.inhibitions())
                .containsExactly(new InhibitionRule(
                        List.of(Matcher.of("monitor=uplink")),
                        List.of(Matcher.of("room=~.+")),
                        List.of("site", "hall")));
    }

    @Test
    void equal_entries_have_equal_ids_and_others_have_others() throws IOException {
        var entry = "silences: [{matchers: [\"site=%s\"], zone: UTC, days: [sun], comment: c}]";
        var first = read(entry.formatted("north")).windows().getFirst().prefix();

        assertThat(read(entry.formatted("north")).windows().getFirst().prefix()).isEqualTo(first);
        assertThat(read(entry.formatted("south")).windows().getFirst().prefix()).isNotEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            silences: [{zone: UTC, days: [sun], comment: c}]                                    | silences[0].matchers   | is missing
            silences: [{matchers: [], zone: UTC, days: [sun], comment: c}]                      | silences[0].matchers   | from 1 to 20
            silences: [{matchers: ["site"], zone: UTC, days: [sun], comment: c}]                | silences[0].matchers   | expected a label
            silences: [{matchers: ["site=~.*"], zone: UTC, days: [sun], comment: c}]            | silences[0].matchers   | absent label
            silences: [{matchers: ["site=~("], zone: UTC, days: [sun], comment: c}]             | silences[0].matchers   | no pattern
            silences: [{matchers: ["site=a"], days: [sun], comment: c}]                         | silences[0].zone       | is missing
            silences: [{matchers: ["site=a"], zone: UTC, days: [sun]}]                          | silences[0].comment    | is missing
            silences: [{matchers: ["site=a"], zone: UTC, days: [sun], comment: " "}]            | silences[0].comment    | expected a reason
            silences: [{matchers: ["site=a"], zone: UTC, days: [sun], comment: c, until: now}]  | silences[0].until      | unknown key
            inhibit: [{target: ["site=a"]}]                                                     | inhibit[0].source      | is missing
            inhibit: [{source: ["site=a"], target: ["room!=x"]}]                                | inhibit[0].target      | absent label
            inhibit: [{source: ["site=a"], target: ["site=b"], equal: ["a b"]}]                 | inhibit[0].equal       | expected
            inhibit: [{source: ["site=a"], target: ["site=b"], same: [hall]}]                   | inhibit[0].same        | unknown key
            """)
    void a_problem_is_reported_with_its_place_and_what_was_expected(String text, String key, String message)
            throws IOException {
        read(text);

        assertThat(problems.inOrder()).singleElement().satisfies(problem -> {
            assertThat(problem.key()).isEqualTo(key);
            assertThat(problem.message()).contains(message);
        });
    }

    private SilenceRules read(String... texts) throws IOException {
        var files = new ArrayList<Path>();
        for (var text : texts) {
            files.add(Files.writeString(folder.resolve("file-%d.yml".formatted(files.size())), text));
        }
        return new SilenceFiles(new Variables(Map.of())).read(files, problems);
    }
}
