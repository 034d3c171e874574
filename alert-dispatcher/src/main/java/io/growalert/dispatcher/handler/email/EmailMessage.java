package io.growalert.dispatcher.handler.email;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Wording;
import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.springframework.mail.javamail.MimeMessageHelper;

/**
 * An alert event as a message of text and HTML. Its Message-ID is the delivery's id, so that a repeated attempt is recognized;
 * every message of an incident replies to the incident's first, so that mail clients show one thread.
 */
final class EmailMessage {
    private static final Template TEXT = template("alert.txt.mustache", false);
    private static final Template HTML = template("alert.html.mustache", true);

    private EmailMessage() {}

    static MimeMessage fill(MimeMessage message, Notification notification, String from, List<String> to)
            throws MessagingException {
        var event = notification.event();
        var helper = new MimeMessageHelper(message, true, UTF_8.name());
        helper.setFrom(new InternetAddress(from));
        helper.setTo(to.toArray(String[]::new));
        helper.setSubject(Wording.title(notification));
        var variables = variables(notification);
        helper.setText(TEXT.execute(variables), HTML.execute(variables));
        var id = messageId(notification.id(), from);
        message.setHeader("Message-ID", id);
        var first = messageId(first(notification), from);
        if (!first.equals(id)) {
            message.setHeader("In-Reply-To", first);
            message.setHeader("References", first);
        }
        // RFC 3834: prevents out-of-office replies
        message.setHeader("Auto-Submitted", "auto-generated");
        return message;
    }

    /** The subject and the text. */
    static String preview(Notification notification) {
        return "Subject: %s\n\n%s"
                .formatted(Wording.title(notification), TEXT.execute(variables(notification)));
    }

    /** The id of the delivery of the incident's firing to this receiver, derived from the incident. */
    private static String first(Notification notification) {
        var event = notification.event();
        var firing = Ids.event(event.incident(), AlertEvent.Type.FIRING, event.firingSince());
        return Ids.delivery(firing, notification.receiver());
    }

    private static String messageId(String delivery, String from) throws MessagingException {
        var address = new InternetAddress(from).getAddress();
        return "<%s@%s>".formatted(delivery, address.substring(address.lastIndexOf('@') + 1));
    }

    private static Map<String, Object> variables(Notification notification) {
        var event = notification.event();
        var shown = notification.presentation();
        var link = shown.link(event).orElse("");
        var variables = new HashMap<String, Object>();
        variables.put("type", Wording.type(notification));
        variables.put("escalation", Wording.escalation(notification));
        variables.put("isEscalation", notification.occasion().isEscalation());
        variables.put("resolved", event.type() == AlertEvent.Type.RESOLVED);
        variables.put("monitor", event.monitor());
        variables.put("summary", Wording.summary(event));
        variables.put("reason", Wording.plain(event.reason()));
        variables.put("hasReason", !event.reason().isBlank());
        variables.put("hasValue", event.value() != null);
        variables.put("value", Wording.valueWithUnit(event));
        variables.put("series", rows(event.series()));
        variables.put("labels", rows(event.labels()));
        variables.put("slot", shown.time(event.slot()));
        variables.put("firingSince", shown.time(event.firingSince()));
        variables.put("link", link);
        variables.put("hasLink", !link.isEmpty());
        variables.put("ackLink", notification.ackLink().orElse(""));
        variables.put("hasAckLink", notification.ackLink().isPresent());
        variables.put("incident", event.incident());
        return variables;
    }

    private static List<Map<String, String>> rows(Map<String, String> labels) {
        return new TreeMap<>(labels)
                .entrySet().stream()
                        .map(label ->
                                Map.of("name", Wording.plain(label.getKey()), "value", Wording.plain(label.getValue())))
                        .toList();
    }

    private static Template template(String name, boolean html) {
        try (var in = Objects.requireNonNull(EmailMessage.class.getResourceAsStream(name), name);
                var reader = new InputStreamReader(in, UTF_8)) {
            return Mustache.compiler().escapeHTML(html).compile(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
