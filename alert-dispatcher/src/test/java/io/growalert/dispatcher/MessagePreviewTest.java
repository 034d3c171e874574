package io.growalert.dispatcher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.receiver.HandlerTypes;
import io.growalert.dispatcher.receiver.ReceiverFiles;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MessagePreviewTest {
    private static final Variables VARIABLES = new Variables(Map.of(
            "SLACK_WEBHOOK", "T0/B0/s3cr3t",
            "TEAMS_WORKFLOW", "s3cr3t",
            "DISCORD_WEBHOOK", "1/s3cr3t",
            "TWILIO_ACCOUNT", "AC1"));
    private static final Optional<URI> PUBLIC = Optional.of(URI.create("https://alerts.example.com"));

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void copyTheExample() throws Exception {
        var text = Files.readString(Path.of("../docs/examples/receivers.yaml"));
        var secret = Files.writeString(folder.resolve("secret"), "s3cr3t");
        var key = Files.writeString(folder.resolve("key"), "whsec_c2VjcmV0");
        text = text.replace("/run/secrets/hook", key.toString());
        text = Pattern.compile("/run/secrets/\\w+").matcher(text).replaceAll(secret.toString());
        file = Files.writeString(folder.resolve("receivers.yaml"), text);
    }

    @Test
    void each_receiver_of_the_example_shows_every_type_of_message_and_no_secret() {
        var problems = new Problems();
        var receivers = new ReceiverFiles(HandlerTypes.load(), MailServer.local(), VARIABLES)
                .read(List.of(file), problems)
                .keySet();
        assertThat(problems.inOrder()).isEmpty();
        assertThat(receivers).hasSizeGreaterThan(12);

        for (var receiver : receivers) {
            for (var type : AlertEvent.Type.values()) {
                var preview = sample(receiver, type);
                assertThat(preview)
                        .as("%s %s", receiver, type)
                        .contains("room-co2")
                        .doesNotContain("s3cr3t")
                        .doesNotContain("{{");
            }
        }
    }

    @Test
    void a_mail_shows_the_receivers_time_zone_and_a_link() {
        assertThat(sample("grower", AlertEvent.Type.RESOLVED))
                .contains("To: grower@example.com")
                .contains("Subject: [RESOLVED] room-co2: CO2 is 640 ppm")
                .contains("Since:    2026-11-24 08:00:00 CET")
                .contains("Resolved: 2026-11-24 08:50:00 CET")
                .contains("https://alerts.example.com/api/alerts/");
    }

    @Test
    void a_given_event_is_rendered() {
        var event = AlertEvents.of("air-humidity", "sms").firing(0);

        var preview = MessagePreview.of(
                List.of(file), VARIABLES, MailServer.local(), Optional.empty(), "sms", Json.write(event));

        assertThat(preview).contains("air-humidity").contains("02%3A00%3A00%20EST");
    }

    @Test
    void what_is_no_event_and_an_unknown_receiver_are_reported() {
        assertThatThrownBy(() -> MessagePreview.of(
                        List.of(file), VARIABLES, MailServer.local(), Optional.empty(), "sms", "{}".getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> sample("absent", AlertEvent.Type.FIRING))
                .hasMessageContaining("there is no receiver 'absent'");
    }

    private String sample(String receiver, AlertEvent.Type type) {
        return MessagePreview.sample(List.of(file), VARIABLES, MailServer.local(), PUBLIC, receiver, type);
    }
}
