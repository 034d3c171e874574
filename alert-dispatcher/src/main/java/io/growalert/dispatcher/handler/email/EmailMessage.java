package io.growalert.dispatcher.handler.email;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.growalert.dispatcher.handler.GroupWording;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Presentation;
import io.growalert.dispatcher.handler.Wording;
import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import io.growalert.events.Ids;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.springframework.mail.javamail.MimeMessageHelper;

/**
 * An alert event, or a group's message, as a message of text and HTML. Its Message-ID is the delivery's id, so that a repeated attempt is recognized;
 * every message of an incident replies to the incident's first, and those of a group refer to the same, so that mail clients show one
 * thread.
 */
final class EmailMessage {
    private static final Template TEXT = template("alert.txt.mustache", false);
    private static final Template HTML = template("alert.html.mustache", true);
    private static final Template GROUP_TEXT = template("group.txt.mustache", false);
    private static final Template GROUP_HTML = template("group.html.mustache", true);

    private static final int MAX_SUBJECT = 250;

    private EmailMessage() {}

    static MimeMessage fill(MimeMessage message, Notification notification, String from, List<String> to)
            throws MessagingException {
        var rendered = rendered(notification);
        var helper = new MimeMessageHelper(message, true, UTF_8.name());
        helper.setFrom(new InternetAddress(from));
        helper.setTo(to.toArray(String[]::new));
        helper.setSubject(rendered.subject());
        helper.setText(rendered.text(), rendered.html());
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
        var rendered = rendered(notification);
        return "Subject: %s\n\n%s".formatted(rendered.subject(), rendered.text());
    }

    private record Rendered(String subject, String text, String html) {}

    private static Rendered rendered(Notification notification) {
        return switch (notification.content()) {
            case AlertEvent event -> {
                var variables = variables(event, notification);
                yield new Rendered(Wording.title(notification), TEXT.execute(variables), HTML.execute(variables));
            }
            case GroupEvent group -> {
                var variables = variables(group, notification);
                yield new Rendered(
                        Wording.cut(GroupWording.title(group), MAX_SUBJECT),
                        GROUP_TEXT.execute(variables),
                        GROUP_HTML.execute(variables));
            }
        };
    }

    /** The id of the delivery of the incident's firing to this receiver, derived from the incident; of a group, its id. */
    private static String first(Notification notification) {
        return switch (notification.content()) {
            case AlertEvent event -> {
                var firing = Ids.event(event.incident(), AlertEvent.Type.FIRING, event.firingSince());
                yield Ids.delivery(firing, notification.receiver());
            }
            case GroupEvent group -> group.group();
        };
    }

    private static String messageId(String delivery, String from) throws MessagingException {
        var address = new InternetAddress(from).getAddress();
        return "<%s@%s>".formatted(delivery, address.substring(address.lastIndexOf('@') + 1));
    }

    private static Map<String, Object> variables(GroupEvent group, Notification notification) {
        var shown = notification.presentation();
        var link = shown.link(group).orElse("");
        var sections = new ArrayList<Map<String, Object>>();
        for (var change : GroupEvent.Change.values()) {
            if (GroupWording.count(group, change) > 0) {
                int more = GroupWording.unnamed(group, change);
                sections.add(Map.of(
                        "heading",
                        GroupWording.heading(group, change),
                        "alerts",
                        GroupWording.named(group, change).stream()
                                .map(event -> item(event, shown))
                                .toList(),
                        "hasMore",
                        more > 0,
                        "more",
                        more));
            }
        }
        var acknowledge = notification.ackLink();
        return Map.of(
                "type", GroupWording.type(group),
                "resolved", group.endsAll(),
                "name", GroupWording.name(group),
                "summary", GroupWording.summary(group),
                "sections", sections,
                "group", group.group(),
                "link", link,
                "hasLink", !link.isEmpty(),
                "ackLink", acknowledge.orElse(""),
                "hasAckLink", acknowledge.isPresent());
    }

    private static Map<String, Object> item(AlertEvent event, Presentation shown) {
        var link = shown.link(event).orElse("");
        return Map.of(
                "item", GroupWording.item(event, shown),
                "monitor", event.monitor(),
                "series", Wording.series(event),
                "value", Wording.valueWithUnit(event),
                "summary", Wording.summary(event),
                "since", shown.time(event.firingSince()),
                "alertLink", link,
                "hasAlertLink", !link.isEmpty());
    }

    private static Map<String, Object> variables(AlertEvent event, Notification notification) {
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
