package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Links between documents lead to a file and, where they name one, to a heading; tests and classes that they name exist. */
class LinksTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    /** A name of at least two words, such as {@code IdsTest} or, with a member, {@code HttpServer.keepCase}. */
    private static final Pattern CLASS = Pattern.compile("`([A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+)(?:\\.\\w+)?`");

    /** Classes of libraries and of the JDK. */
    private static final Set<String> FOREIGN = Set.of(
            "HttpClient",
            "HttpCompliance",
            "HttpURLConnection",
            "KafkaAdmin",
            "KafkaStreamsMicrometerListener",
            "ProxyHandler",
            "ServiceLoader",
            "StreamsBuilderFactoryBean",
            "UriCompliance");

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

    /** The changelog is left out: it names classes of earlier releases. A benchmark is named as on its command line. */
    @Test
    void every_test_benchmark_and_class_that_a_document_names_exists() throws IOException {
        var known = classes();
        try (var all = documents()) {
            var unknown = all.filter(document -> !document.endsWith("CHANGELOG.md"))
                    .flatMap(document -> matches(CLASS, text(document))
                            .filter(name -> !known.contains(name)
                                    && !known.contains(name + "Benchmark")
                                    && !FOREIGN.contains(name))
                            .map(name -> document + ": " + name));

            assertThat(unknown).isEmpty();
        }
    }

    private static Set<String> classes() throws IOException {
        try (var files = Files.walk(ROOT)) {
            return files.map(Path::normalize)
                    .filter(file -> !file.toString().contains("/target/"))
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.replace(".java", ""))
                    .collect(Collectors.toSet());
        }
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
