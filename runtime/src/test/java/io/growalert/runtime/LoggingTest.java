package io.growalert.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.runtime.http.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.NetworkClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What every service writes to its console, whichever it is. */
@ExtendWith(OutputCaptureExtension.class)
class LoggingTest {
    @SpringBootConfiguration(proxyBeanMethods = false)
    @Import(Web.class)
    static class Example {}

    /** Spring Boot uses the first one's settings for the whole process. */
    @BeforeEach
    @AfterEach
    void forget() {
        System.clearProperty("FILE_LOG_PATTERN");
        System.clearProperty("LOG_FILE");
        System.clearProperty("CONSOLE_LOG_THRESHOLD");
        System.clearProperty("CONSOLE_LOG_PATTERN");
        System.clearProperty("CONSOLE_LOG_STRUCTURED_FORMAT");
    }

    @Test
    void a_message_shows_its_key_values_on_its_line(CapturedOutput output) {
        log(Map.of());

        assertThat(output.getOut().lines())
                .anyMatch(line -> line.matches("\\d{4}-\\d{2}-\\d{2}T\\S+Z WARN  \\S*LoggingTest - Delivery parked "
                        + "deliveryId=\"d-1\" reason=\"no such host 2026-11-24 ERROR forged\"\\s*"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ecs", "logstash", "gelf"})
    void a_structured_message_is_one_json_object_with_its_key_values(String format, CapturedOutput output) {
        log(Map.of("logging.structured.format.console", format));

        var lines = output.getOut()
                .lines()
                .filter(line -> line.contains("Delivery parked"))
                .toList();
        assertThat(lines).hasSize(1);
        var line = JsonMapper.shared().readTree(lines.getFirst());
        assertThat(line.values().stream().filter(JsonNode::isString).map(JsonNode::asString))
                .contains("Delivery parked", "d-1");
        assertThat(line.propertyNames()).anyMatch(name -> name.endsWith("deliveryId"));
    }

    @Test
    void attempts_to_reach_kafka_are_not_logged_but_a_failed_login_is(CapturedOutput output) {
        try (var _ = new Service(Example.class, "example-service").start(Map.of("server.port", 0))) {
            var network = LoggerFactory.getLogger(NetworkClient.class);
            network.warn("Connection to node -1 could not be established. Node may not be available.");
            network.error("Connection to node -1 failed authentication");
            LoggerFactory.getLogger(LoggingTest.class).warn("Sending results failed; retrying");
        }

        assertThat(output.getOut())
                .contains("Connection to node -1 failed authentication")
                .contains("Sending results failed; retrying")
                .doesNotContain("could not be established");
    }

    @Test
    void a_configured_pattern_wins(CapturedOutput output) {
        log(Map.of("logging.pattern.console", "own: %msg%n"));

        assertThat(output.getOut().lines()).contains("own: Delivery parked");
    }

    @Test
    void a_log_file_has_the_same_lines_as_the_console(@TempDir Path folder) throws Exception {
        var file = folder.resolve("service.log");

        log(Map.of("logging.file.name", file));

        assertThat(Files.readAllLines(file))
                .anyMatch(line -> line.endsWith(
                        "Delivery parked deliveryId=\"d-1\" reason=\"no such host 2026-11-24 ERROR forged\""));
    }

    @Test
    void a_flood_rolls_a_log_file_at_10_megabytes_and_keeps_50_of_older_ones(@TempDir Path folder) throws Exception {
        var settings = Map.<String, Object>of(
                "server.port",
                0,
                "logging.file.name",
                folder.resolve("service.log"),
                // the console's part of the flood is not of interest
                "logging.threshold.console",
                "off");
        try (var _ = new Service(Example.class, "example-service").start(settings)) {
            var log = LoggerFactory.getLogger(LoggingTest.class);
            var line = "x".repeat(10_000);
            for (int i = 0; i < 10_000; i++) {
                log.warn(line);
            }
            // they are deleted in the background
            await().untilAsserted(
                            () -> assertThat(sizes(folder)).hasSizeBetween(5, 6).allSatisfy(size -> assertThat(size)
                                    .isLessThanOrEqualTo(11L << 20)));
        }
    }

    /** In bytes. */
    private static List<Long> sizes(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.toFile().length()).toList();
        }
    }

    private static void log(Map<String, Object> more) {
        var settings = new HashMap<String, Object>(more);
        settings.put("server.port", 0);
        try (var _ = new Service(Example.class, "example-service").start(settings)) {
            LoggerFactory.getLogger(LoggingTest.class)
                    .atWarn()
                    .addKeyValue("deliveryId", "d-1")
                    .addKeyValue("reason", "no such host\r\n2026-11-24 ERROR forged")
                    .log("Delivery parked");
        }
    }
}
