package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.billing.BillingSettings;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Secret;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.DispatcherSettings;
import io.growalert.dispatcher.ReceiverCheck;
import io.growalert.dispatcher.route.RouteFiles;
import io.growalert.dispatcher.silence.SilenceFiles;
import io.growalert.events.Heartbeat;
import io.growalert.events.Topics;
import io.growalert.gateway.GatewaySettings;
import io.growalert.history.HistorySettings;
import io.growalert.monitor.MonitorServiceSettings;
import io.growalert.monitor.definitions.DefinitionCheck;
import io.growalert.runtime.brand.Brand;
import io.growalert.runtime.entitlement.EntitlementSettings;
import io.growalert.runtime.http.HttpSettings;
import io.growalert.runtime.http.IdentitySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The examples and links of the documents are valid, and their lists complete. */
class DocumentsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern YAML = Pattern.compile("(?ms)^```yaml\\n(.*?)^```$");
    private static final Pattern REQUIRED_VARIABLE = Pattern.compile("\\$\\{(\\w+)}");
    private static final Pattern SECRET_FILE = Pattern.compile("/run/secrets/(\\w+)");
    private static final Pattern METER =
            Pattern.compile("\\b(?:counter|gauge|timer|builder)\\(\\s*\"(growalert\\.[a-z.]+)\"");
    /** Of an outbox, whose owner names the prefix. */
    private static final Pattern OUTBOX_METER = Pattern.compile("\\bbuilder\\(prefix \\+ \"(\\.[a-z.]+)\"");

    @TempDir
    private Path folder;

    record Example(Path document, String text) {
        @Override
        public String toString() {
            return document.getFileName() + ": " + text.lines().findFirst().orElse("");
        }
    }

    static Stream<Example> definitions() throws IOException {
        try (var docs = Files.list(ROOT.resolve("docs"))) {
            var documents = Stream.concat(Stream.of(ROOT.resolve("README.md")), docs.filter(file -> file.toString()
                            .endsWith(".md")))
                    .sorted()
                    .toList();
            var example = ROOT.resolve("docs/examples/farm.yaml");
            return Stream.concat(
                    Stream.of(new Example(example, read(example))),
                    documents.stream()
                            .flatMap(file -> matches(YAML, read(file)).map(match -> new Example(file, match.group(1))))
                            .filter(block -> block.text.contains("monitors:")));
        }
    }

    @ParameterizedTest
    @MethodSource("definitions")
    void definitions_in_a_document_are_good_ones(Example example) throws IOException {
        var text = SECRET_FILE.matcher(example.text).replaceAll(match -> secretFile(match.group(1)));
        var file = Files.writeString(folder.resolve("definitions.yaml"), text);
        var variables = new Variables(values(text));

        var definitions = DefinitionCheck.of(List.of(file), variables, "default");
        var problems = new Problems();
        var receivers = ReceiverCheck.check(List.of(file), variables, problems);
        RouteFiles.read(List.of(file), variables, problems);
        new SilenceFiles(variables).read(List.of(file), problems);

        assertThat(definitions.problems()).isEmpty();
        assertThat(problems.inOrder()).isEmpty();
        assertThat(definitions.monitors()).isNotEmpty();
        assertThat(receivers).isNotEmpty();
    }

    private String secretFile(String name) {
        try {
            return Files.writeString(folder.resolve(name), "whsec_c2VjcmV0").toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, String> values(String text) {
        var values = new HashMap<String, String>();
        matches(REQUIRED_VARIABLE, text).map(match -> match.group(1)).forEach(name -> values.put(name, "text"));
        values.replaceAll((name, value) -> switch (name) {
            case "FARM_DB_URL" -> "jdbc:postgresql://127.0.0.1:5432/farm";
            case "INFLUX_URL" -> "http://127.0.0.1:8086";
            default -> value;
        });
        return values;
    }

    @Test
    void every_setting_is_described_with_its_environment_variable() {
        var row = Pattern.compile("(?m)^- `(growalert\\.[a-z.-]+)` \\(`([A-Z_]+)`;");

        assertThat(matches(row, document("configuration.md")).map(match -> match.group(1) + " " + match.group(2)))
                .containsExactlyInAnyOrderElementsOf(settings());
    }

    @Test
    void every_setting_of_the_gateway_is_described() {
        var found = new ArrayList<String>();
        settings("", GatewaySettings.class, found);
        var rows = document("gateway.md")
                .lines()
                .filter(line -> line.startsWith("- `"))
                .toList();

        assertThat(found).hasSizeGreaterThan(20).allSatisfy(setting -> {
            var name = setting.replaceFirst(" .*", "");
            var last = name.substring(name.lastIndexOf('.') + 1);
            var group = name.split("\\.", -1)[1];
            assertThat(rows)
                    .as(name)
                    .anyMatch(row -> row.contains(group)
                            && Pattern.compile("[`.]" + last + "`").matcher(row).find());
        });
    }

    private static List<String> settings() {
        var found = new ArrayList<String>();
        settings("growalert.monitor", MonitorServiceSettings.class, found);
        settings("growalert.dispatcher", DispatcherSettings.class, found);
        settings("growalert.billing", BillingSettings.class, found);
        settings("growalert.history", HistorySettings.class, found);
        settings("growalert.http", HttpSettings.class, found);
        settings("growalert.identity", IdentitySettings.class, found);
        settings("growalert.brand", Brand.class, found);
        settings("growalert.entitlements", EntitlementSettings.class, found);
        return found;
    }

    private static void settings(String prefix, Class<?> type, List<String> found) {
        for (var component : type.getRecordComponents()) {
            var name = prefix + "."
                    + component.getName().replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
            if (component.getType().isRecord() && component.getType() != Secret.class) {
                settings(name, component.getType(), found);
            } else {
                found.add(name + " " + name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT));
            }
        }
    }

    @Test
    void the_readme_shows_the_consumer_that_is_tested() {
        assertThat(read(ROOT.resolve("README.md"))).contains(read(ROOT.resolve("docs/examples/Alerts.java")));
    }

    @Test
    void every_option_of_the_command_line_is_described() {
        var text = document("configuration.md");

        assertThat(options(GrowAlert.commandLine()))
                .isNotEmpty()
                .allMatch(option -> text.contains("`" + option + "`") || text.contains("`" + option + " "));
    }

    private static Stream<String> options(CommandLine command) {
        return Stream.concat(
                command.getCommandSpec().optionsMap().keySet().stream(),
                command.getSubcommands().values().stream().flatMap(DocumentsTest::options));
    }

    @Test
    void every_metric_is_described() throws IOException {
        var row = Pattern.compile("(?m)^- (`growalert\\.[a-z., `]+`): ");
        var described = matches(row, document("operations.md"))
                .flatMap(match -> matches(Pattern.compile("`([a-z.]+)`"), match.group(1)))
                .map(match -> match.group(1));

        assertThat(described).containsExactlyInAnyOrderElementsOf(meters());
    }

    @ParameterizedTest
    @ValueSource(strings = {"configuration.md", "guarantees.md", "operations.md"})
    void no_name_of_a_metric_setting_or_topic_is_made_up(String name) throws IOException {
        var known = new ArrayList<>(meters());
        known.addAll(settings());
        settings("growalert.gateway", GatewaySettings.class, known);
        for (var topic :
                List.of(Topics.MONITORS, Topics.CHECK_RESULTS, Topics.ALERTS, Topics.ALERT_COMMANDS, Topics.BILLING)) {
            known.addAll(List.of(topic, Topics.deadLetters(topic)));
        }
        known.addAll(List.of(
                Topics.BILLING, Topics.ENTITLEMENTS, Topics.NOTIFICATIONS, Topics.HEARTBEATS, Heartbeat.MONITOR));
        var named = Pattern.compile("`(growalert\\.[a-z.-]+)`");

        assertThat(matches(named, document(name)).map(match -> match.group(1)))
                .isNotEmpty()
                .allMatch(word -> word.startsWith("growalert.alert-state")
                        || known.stream().anyMatch(there -> there.equals(word) || there.startsWith(word + " ")));
    }

    private static List<String> meters() throws IOException {
        var names = new ArrayList<String>();
        for (var module : List.of(
                "runtime", "monitor-service", "alert-dispatcher", "billing-service", "history-service", "gateway")) {
            try (var files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .flatMap(file -> matches(METER, read(file)))
                        .map(match -> match.group(1))
                        .forEach(names::add);
            }
        }
        var outbox = ROOT.resolve("runtime/src/main/java/io/growalert/runtime/outbox/OutboxMetrics.java");
        matches(OUTBOX_METER, read(outbox))
                .flatMap(match ->
                        Stream.of("growalert.outbox", "growalert.notifications").map(prefix -> prefix + match.group(1)))
                .forEach(names::add);
        return names.stream().distinct().toList();
    }

    private static Stream<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results();
    }

    private static String document(String name) {
        return read(ROOT.resolve("docs").resolve(name));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
