package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Links between documents lead to a file and, where they name one, to a heading. */
class LinksTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    static Stream<Path> documents() throws IOException {
        var documents = Stream.of(
                        "README.md",
                        "CONTRIBUTING.md",
                        "CHANGELOG.md",
                        "alerts/README.md",
                        "gateway/README.md",
                        "tools/benchmarks/README.md",
                        "tools/stripe-sandbox/README.md")
                .map(ROOT::resolve);
        try (var docs = Files.walk(ROOT.resolve("docs"))) {
            var pages = docs.filter(file -> file.toString().endsWith(".md")).toList();
            return Stream.concat(documents, pages.stream());
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void every_link_leads_to_a_file_and_a_heading(Path document) {
        var links = matches(LINK, text(document))
                .filter(link -> !link.startsWith("http"))
                .toList();

        assertThat(links).allSatisfy(link -> {
            var parts = link.split("#", 2);
            var target = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]);
            assertThat(target).exists();
            if (parts.length == 2) {
                assertThat(headings(target)).as(link).contains(parts[1]);
            }
        });
    }

    /** The anchors of a document's headings, as GitHub makes them. */
    private static List<String> headings(Path document) {
        return matches(HEADING, text(document))
                .map(heading -> heading.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-'))
                .toList();
    }

    private static Stream<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().map((MatchResult match) -> match.group(1));
    }

    private static String text(Path document) {
        try {
            return CODE_BLOCK.matcher(Files.readString(document)).replaceAll("");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
