package io.growalert.dispatcher.handler.email;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import io.growalert.definitions.DefinitionFile;
import io.growalert.definitions.DefinitionProblem;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.handler.Presentation;
import io.growalert.dispatcher.template.SampleEvents;
import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import jakarta.mail.SendFailedException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mail.MailSendException;

class EmailTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "grower");

    private final GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    @BeforeEach
    void startServer() {
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop();
    }

    @Test
    void sends_text_and_html_with_the_summary_and_the_reason() throws Exception {
        var outcome = email("to: [grower@example.com, boss@example.com]").deliver(notification(CO2.firing(0)));

        assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
        assertThat(server.getReceivedMessages()).hasSize(2);
        var message = server.getReceivedMessages()[0];
        assertThat(message.getSubject()).isEqualTo("[FIRING] room-co2: CO2 is 1003.5 ppm");
        assertThat(message.getFrom()).containsExactly(new InternetAddress("GrowAlert <growalert@farm.example>"));
        assertThat(message.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(body(message, 0))
                .contains("CO2 is 1003.5 ppm")
                .contains("room: office")
                .contains("above 1000");
        assertThat(body(message, 1)).contains("<td>office</td>").contains("1003.5");
    }

    @Test
    void shows_the_value_with_its_unit() throws Exception {
        var json = new String(Json.write(CO2.firing(0)), UTF_8).replaceFirst("}$", ",\"unit\":\"<ppm>\"}");
        var inPpm = Json.read(json.getBytes(UTF_8), AlertEvent.class);

        email("to: [grower@example.com]").deliver(notification(inPpm));

        var message = server.getReceivedMessages()[0];
        assertThat(body(message, 0)).contains("1003.5 <ppm>");
        assertThat(body(message, 1)).contains("1003.5 &lt;ppm&gt;");
    }

    @Test
    void times_are_in_the_receivers_zone_and_a_value_has_its_unit_and_a_link() throws Exception {
        var body = new String(Json.write(CO2.firing(0)), UTF_8).replaceFirst("\\{", "{\"unit\":\"ppm\",");
        var event = Json.read(body.getBytes(UTF_8), AlertEvent.class);
        var berlin = new Presentation(ZoneId.of("Europe/Berlin"), Optional.of(URI.create("https://a.example/")));

        email("to: [grower@example.com]").deliver(new Notification("id", "grower", event, body).with(berlin));

        var message = server.getReceivedMessages()[0];
        var link = "https://a.example/api/alerts/" + event.alert();
        assertThat(body(message, 0))
                .contains("Value:    1003.5 ppm")
                .contains("Since:    2026-11-24 08:00:00 CET")
                .contains(link);
        assertThat(body(message, 1)).contains("<td>1003.5 ppm</td>").contains("<a href=\"%s\">".formatted(link));
    }

    @Test
    void a_group_is_a_message_with_its_alerts_in_text_and_html() throws Exception {
        var group = SampleEvents.group("grower");
        var berlin = new Presentation(ZoneId.of("Europe/Berlin"), Optional.of(URI.create("https://a.example/")));
        var handler = email("to: [grower@example.com]");

        handler.deliver(group.with(berlin));
        handler.deliver(group);

        var message = server.getReceivedMessages()[0];
        assertThat(message.getSubject()).isEqualTo("[FIRING] site=north: 1 new, 1 still firing, 1 resolved");
        assertThat(body(message, 0))
                .contains("New: 1")
                .contains(
                        "- room-co2 {room=office \"2\" <north>} 1003.5: CO2 is 1003.5 ppm, since 2026-11-24 08:00:00 CET")
                .contains("Still firing: 1", "Resolved: 1", "shed-co2")
                .contains("https://a.example/api/alerts");
        assertThat(body(message, 1))
                .contains("<h3>New: 1</h3>")
                .contains("office &quot;2&quot; &lt;north&gt;}")
                .contains("/api/alerts/" + Ids.alert("room-co2", Map.of("room", "office \"2\" <north>")));
        var id = "<%s@farm.example>".formatted(group.id());
        for (var each : server.getReceivedMessages()) {
            assertThat(each.getMessageID()).isEqualTo(id);
            assertThat(each.getHeader("References"))
                    .containsExactly("<%s@farm.example>".formatted(((GroupEvent) group.content()).group()));
        }
    }

    @Test
    void the_messages_of_an_incident_are_one_thread() throws Exception {
        var handler = email("to: [grower@example.com]");

        handler.deliver(notification(CO2.firing(0)));
        handler.deliver(notification(CO2.reminder(0, 1)));
        handler.deliver(notification(CO2.resolved(0)));

        var messages = server.getReceivedMessages();
        var first = messages[0].getMessageID();
        assertThat(first)
                .isEqualTo(
                        "<%s@farm.example>".formatted(Ids.delivery(CO2.firing(0).id(), "grower")));
        assertThat(messages[0].getHeader("In-Reply-To")).isNull();
        for (int i = 1; i < 3; i++) {
            assertThat(messages[i].getMessageID()).isNotEqualTo(first);
            assertThat(messages[i].getHeader("In-Reply-To")).containsExactly(first);
            assertThat(messages[i].getHeader("References")).containsExactly(first);
        }
    }

    @Test
    void another_attempt_bears_the_same_message_id() throws Exception {
        var handler = email("to: [grower@example.com]");

        handler.deliver(notification(CO2.firing(0)));
        handler.deliver(notification(CO2.firing(0)));

        var messages = server.getReceivedMessages();
        assertThat(messages[0].getMessageID()).isEqualTo(messages[1].getMessageID());
    }

    @Test
    void labels_and_summaries_cannot_add_headers_or_markup() throws Exception {
        var event = CO2.withSeries(Map.of("room", "x\r\nBcc: thief@example.com\r\n\r\n<script>alert(1)</script>"))
                .firing(0);
        var nasty = new AlertEvent(
                event.id(),
                event.type(),
                event.alert(),
                event.incident(),
                event.monitor(),
                event.series(),
                event.labels(),
                event.status(),
                event.value(),
                event.reason(),
                "hot\r\nBcc: thief@example.com\r\n\r\n<b>now</b>",
                event.slot(),
                event.firingSince(),
                event.receivers());

        email("to: [grower@example.com]").deliver(notification(nasty));

        assertThat(server.getReceivedMessages()).hasSize(1);
        var message = server.getReceivedMessages()[0];
        assertThat(message.getHeader("Bcc")).isNull();
        assertThat(message.getSubject()).contains("hot Bcc: thief@example.com");
        assertThat(body(message, 1)).doesNotContain("<script>").contains("&lt;script&gt;");
    }

    @Test
    void an_unreachable_server_is_retried() throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        var outcome =
                open("to: [grower@example.com], host: 127.0.0.1, port: " + port).deliver(notification(CO2.firing(0)));

        assertThat(outcome).isInstanceOf(Outcome.Retry.class);
    }

    @Test
    void a_refused_login_is_retried() throws Exception {
        server.setUser("grower@example.com", "grower", "right");

        var outcome = email("to: [grower@example.com], username: grower, password: wrong")
                .deliver(notification(CO2.firing(0)));

        assertThat(outcome).isEqualTo(new Outcome.Retry("MailAuthenticationException"));
    }

    @ParameterizedTest
    @CsvSource({"550, true", "553, true", "450, false", "552, false"})
    void the_reply_code_decides_whether_a_refusal_is_final(int code, boolean isFinal) throws Exception {
        var address = new InternetAddress("grower@example.com");
        var sent = new InternetAddress[] {new InternetAddress("boss@example.com")};
        var refused = new SMTPAddressFailedException(address, "RCPT TO", code, "no");
        var failure = new SendFailedException("partly", refused, sent, null, new InternetAddress[] {address});

        var replies = SmtpReplies.of(
                new MailSendException(Map.of("message", failure)), List.of("boss@example.com", "grower@example.com"));

        assertThat(replies.accepted()).containsExactly("boss@example.com");
        assertThat(replies.refused()).containsExactly(Map.entry("grower@example.com", code));
        assertThat(replies.isFinal("grower@example.com")).isEqualTo(isFinal);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "host: a | to",
                "to: [] | to",
                "to: ['no address'] | to",
                "to: [a@example.com], from: '@' | from",
                "to: [a@example.com], security: some | security",
                "to: [a@example.com], port: 99999 | port"
            })
    void what_is_wrong_in_the_settings_is_named(String settings, String key) {
        var problems = new Problems();
        var section = DefinitionFile.parse(
                        "test.yml", "email: {%s}".formatted(settings), new Variables(Map.of()), problems)
                .flatMap(root -> root.section("email"))
                .orElseThrow();

        new EmailType().read(section, MailServer.local());

        assertThat(problems.inOrder()).extracting(DefinitionProblem::key).containsExactly("email." + key);
    }

    private Handler email(String more) {
        return open("host: 127.0.0.1, port: %d, from: 'GrowAlert <growalert@farm.example>', %s"
                .formatted(server.getSmtp().getPort(), more));
    }

    private static Handler open(String settings) {
        var problems = new Problems();
        var config = DefinitionFile.parse(
                        "test.yml", "email: {%s}".formatted(settings), new Variables(Map.of()), problems)
                .flatMap(root -> root.section("email"))
                .flatMap(section -> new EmailType().read(section, MailServer.local()));
        assertThat(problems.inOrder()).isEmpty();
        return config.orElseThrow().open();
    }

    private static Notification notification(AlertEvent event) {
        return new Notification(
                Ids.delivery(event.id(), "grower"), "grower", event, new String(Json.write(event), UTF_8));
    }

    private static String body(MimeMessage message, int part) throws Exception {
        var mixed = (MimeMultipart) message.getContent();
        var related = (MimeMultipart) mixed.getBodyPart(0).getContent();
        var alternative = (MimeMultipart) related.getBodyPart(0).getContent();
        return GreenMailUtil.getBody(alternative.getBodyPart(part));
    }
}
