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
 * An alert event as a message of text and HTML. The message's id is the delivery's, so an attempt that is repeated can be
 * recognized, and every message of an incident answers the incident's first, so mail programs show them as one thread.
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
        helper.setSubject(subject(event));
        var words = words(event);
        helper.setText(TEXT.execute(words), HTML.execute(words));
        var id = messageId(notification.id(), from);
        message.setHeader("Message-ID", id);
        var first = messageId(first(notification), from);
        if (!first.equals(id)) {
            message.setHeader("In-Reply-To", first);
            message.setHeader("References", first);
        }
        // RFC 3834: no out-of-office notice is to answer this
        message.setHeader("Auto-Submitted", "auto-generated");
        return message;
    }

    private static String subject(AlertEvent event) {
        return "[%s] %s: %s".formatted(Wording.type(event), event.monitor(), Wording.summary(event));
    }

    /** The delivery that told this receiver of the incident's firing: its id follows from the incident. */
    private static String first(Notification notification) {
        var event = notification.event();
        var firing = Ids.event(event.incident(), AlertEvent.Type.FIRING, event.firingSince());
        return Ids.delivery(firing, notification.receiver());
    }

    private static String messageId(String delivery, String from) throws MessagingException {
        var address = new InternetAddress(from).getAddress();
        return "<%s@%s>".formatted(delivery, address.substring(address.lastIndexOf('@') + 1));
    }

    private static Map<String, Object> words(AlertEvent event) {
        var words = new HashMap<String, Object>();
        words.put("type", Wording.type(event));
        words.put("resolved", event.type() == AlertEvent.Type.RESOLVED);
        words.put("monitor", event.monitor());
        words.put("summary", Wording.summary(event));
        words.put("reason", Wording.plain(event.reason()));
        words.put("hasReason", !event.reason().isBlank());
        words.put("hasValue", event.value() != null);
        words.put("value", Wording.value(event));
        words.put("series", rows(event.series()));
        words.put("labels", rows(event.labels()));
        words.put("slot", event.slot().toString());
        words.put("firingSince", event.firingSince().toString());
        words.put("incident", event.incident());
        return words;
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
