package io.growalert.dispatcher.template;

import io.growalert.dispatcher.handler.GroupWording;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Presentation;
import io.growalert.dispatcher.handler.Wording;
import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import io.growalert.events.Status;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The variables of a template: texts, flags, maps and lists. */
final class MessageVariables {
    /** In characters; the shortest limit of a title among the services that have one. */
    private static final int TITLE = 250;

    private static final int SHORT_SUMMARY = 900;

    private MessageVariables() {}

    /** @param maxText the limit of {@code text}, in characters */
    static Map<String, Object> of(Notification notification, int maxText) {
        var shown = notification.presentation();
        var variables = new HashMap<String, Object>();
        switch (notification.content()) {
            case AlertEvent event -> {
                variables.putAll(alert(event, shown));
                variables.put("TYPE", Wording.type(notification));
                variables.put("title", Wording.cut(Wording.title(notification), TITLE));
                variables.put("text", Wording.text(notification, maxText));
                variables.put("group", false);
                variables.putAll(GroupVariables.ofOne(event, alert(event, shown)));
            }
            case GroupEvent group -> {
                var alerts = group.alerts().stream()
                        .map(alert -> alert(alert.event(), shown, alert.change()))
                        .toList();
                variables.putAll(GroupVariables.of(group, shown, alerts));
                variables.put("title", Wording.cut(GroupWording.title(group), TITLE));
                variables.put("text", Wording.withAckLink(GroupWording.text(group, shown), notification, maxText));
                variables.put("group", true);
            }
        }
        variables.put("id", notification.id());
        variables.put("receiver", notification.receiver());
        variables.put("lines", lines((String) variables.getOrDefault("text", "")));
        variables.put("ackLink", notification.ackLink().orElse(""));
        variables.put("hasAckLink", notification.ackLink().isPresent());
        variables.put("escalated", notification.occasion().isEscalation());
        variables.put("escalation", Wording.escalation(notification));
        variables.put("escalationStep", Integer.toString(notification.occasion().step()));
        variables.put("publicUrl", shown.publicUrl().map(Object::toString).orElse(""));
        variables.put("json", notification.body());
        variables.put("captured", notification.captured());
        return variables;
    }

    private static Map<String, Object> alert(AlertEvent event, Presentation shown, GroupEvent.Change change) {
        var variables = new HashMap<>(alert(event, shown));
        variables.put("new", change == GroupEvent.Change.NEW);
        variables.put("stillFiring", change == GroupEvent.Change.STILL_FIRING);
        variables.put("resolved", change == GroupEvent.Change.RESOLVED);
        return variables;
    }

    private static Map<String, Object> alert(AlertEvent event, Presentation shown) {
        var link = shown.link(event).orElse("");
        var labels = new TreeMap<>(event.labels());
        labels.putAll(event.series());
        var variables = new HashMap<String, Object>();
        variables.put("event", event.id());
        variables.put("alert", event.alert());
        variables.put("incident", event.incident());
        variables.put("monitor", event.monitor());
        variables.put("type", event.type().wire());
        variables.put("TYPE", Wording.type(event));
        variables.put("firing", event.type() == AlertEvent.Type.FIRING);
        variables.put("reminder", event.type() == AlertEvent.Type.REMINDER);
        variables.put("resolved", event.type() == AlertEvent.Type.RESOLVED);
        variables.put("status", event.status().name());
        variables.put("isDegraded", event.status() == Status.DEGRADED);
        variables.put("value", Wording.value(event));
        variables.put("hasValue", event.value() != null);
        variables.put("unit", event.unit() == null ? "" : Wording.plain(event.unit()));
        variables.put("valueWithUnit", Wording.valueWithUnit(event));
        variables.put("reason", Wording.plain(event.reason()));
        variables.put("hasReason", !event.reason().isBlank());
        variables.put("summary", Wording.summary(event));
        variables.put("shortSummary", Wording.cut(Wording.summary(event), SHORT_SUMMARY));
        variables.put("series", event.series());
        variables.put("labels", labels);
        variables.put("seriesList", rows(event.series()));
        variables.put("labelList", rows(labels));
        variables.put("slot", shown.time(event.slot()));
        variables.put("firingSince", shown.time(event.firingSince()));
        variables.put("slotTime", event.slot().toString());
        variables.put("firingSinceTime", event.firingSince().toString());
        variables.put("slotSeconds", seconds(event.slot()));
        variables.put("link", link);
        variables.put("hasLink", !link.isEmpty());
        variables.put("fingerprint", Fingerprint.of(event.monitor(), labels));
        return variables;
    }

    private static List<Map<String, String>> lines(String text) {
        return text.lines()
                .filter(line -> !line.isBlank())
                .map(line -> Map.of("line", line))
                .toList();
    }

    static String seconds(Instant time) {
        return Long.toString(time.getEpochSecond());
    }

    static List<Map<String, String>> rows(Map<String, String> labels) {
        return new TreeMap<>(labels)
                .entrySet().stream()
                        .map(label -> Map.of("name", label.getKey(), "value", label.getValue()))
                        .toList();
    }
}
