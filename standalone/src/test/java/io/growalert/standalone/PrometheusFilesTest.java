package io.growalert.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** {@code docs/prometheus}, also as promtool sees it, which Debian's package prometheus has. */
class PrometheusFilesTest {
    private static final Path FOLDER = Path.of("../docs/prometheus");
    private static final List<String> SEVERITIES = List.of("critical", "warning");

    @Test
    void promtool_accepts_the_rules_their_tests_and_the_scrape_configuration() throws Exception {
        var promtool = promtool();
        assumeTrue(promtool.isPresent(), "promtool is not installed");

        run(promtool.get(), "check", "rules", "alerts.yml");
        run(promtool.get(), "test", "rules", "alerts-test.yml");
        run(promtool.get(), "check", "config", "--syntax-only", "prometheus.yml");
    }

    @Test
    void every_alert_has_a_severity_a_summary_and_a_test_that_it_fires() throws IOException {
        var alerts = alerts();
        var tests = Files.readString(FOLDER.resolve("alerts-test.yml"));

        assertThat(alerts).hasSizeGreaterThan(15);
        assertThat(alerts).extracting(alert -> alert.path("alert").asString()).doesNotHaveDuplicates();
        assertThat(alerts).allSatisfy(alert -> {
            assertThat(alert.at("/labels/severity").asString()).isIn(SEVERITIES);
            assertThat(alert.at("/annotations/summary").asString()).isNotBlank();
            assertThat(tests).contains("- name: " + alert.path("alert").asString() + " fires\n");
        });
    }

    private static List<JsonNode> alerts() throws IOException {
        return new YAMLMapper()
                .readTree(Files.readString(UsedMetrics.RULES))
                .at("/groups/0/rules")
                .valueStream()
                .toList();
    }

    private static Optional<Path> promtool() {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, "promtool"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static void run(Path promtool, String... arguments) throws Exception {
        var command = Stream.concat(Stream.of(promtool.toString()), Stream.of(arguments))
                .toList();
        var process = new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
