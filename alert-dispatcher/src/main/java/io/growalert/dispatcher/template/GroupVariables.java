package io.growalert.dispatcher.template;

import io.growalert.dispatcher.handler.GroupWording;
import io.growalert.dispatcher.handler.Presentation;
import io.growalert.dispatcher.handler.Wording;
import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import io.growalert.events.Status;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The variables of a group's message. It has those of an event, too, so that a template for events shows it: the group is the
 * incident and the monitor, and it is resolved when nothing fires.
 */
final class GroupVariables {
    private GroupVariables() {}

    /** Those of an event, as of a group that has this alert only. */
    static Map<String, Object> ofOne(AlertEvent event, Map<String, Object> alert) {
        var labels = labels(event);
        var variables = new HashMap<String, Object>();
        variables.put("alerts", List.of(alert));
        variables.put("groupLabelList", MessageVariables.rows(labels));
        variables.put("commonLabelList", MessageVariables.rows(labels));
        variables.put("commonAnnotationList", MessageVariables.rows(annotations(event)));
        variables.put("omittedCount", 0);
        var pairs = new TreeMap<>(event.labels());
        pairs.putAll(event.series());
        variables.put(
                "groupKey",
                "{}:{alertname=\"%s\"%s }"
                        .formatted(
                                event.monitor(),
                                pairs.entrySet().stream()
                                        .map(label -> ", %s=\"%s\"".formatted(label.getKey(), label.getValue()))
                                        .collect(Collectors.joining())));
        return variables;
    }

    /** @param alerts the variables of each alert of the group */
    static Map<String, Object> of(GroupEvent group, Presentation shown, List<Map<String, Object>> alerts) {
        var counts = group.counts();
        var events = group.alerts().stream().map(GroupEvent.GroupedAlert::event).toList();
        var link = shown.link(group).orElse("");
        var since = events.stream()
                .map(AlertEvent::firingSince)
                .min(Comparator.naturalOrder())
                .orElse(group.formedAt());
        var status = worst(group);
        var variables = new HashMap<String, Object>();
        variables.put("alerts", alerts);
        variables.put(
                "newAlerts", alerts.stream().filter(alert -> is(alert, "new")).toList());
        variables.put(
                "stillFiringAlerts",
                alerts.stream().filter(alert -> is(alert, "stillFiring")).toList());
        variables.put(
                "resolvedAlerts",
                alerts.stream().filter(alert -> is(alert, "resolved")).toList());
        variables.put("newCount", counts.started());
        variables.put("stillFiringCount", counts.stillFiring());
        variables.put("firingCount", counts.firing());
        variables.put("resolvedCount", counts.resolved());
        variables.put("omittedCount", group.omitted());
        variables.put("route", group.route());
        variables.put("groupLabelList", MessageVariables.rows(group.labels()));
        variables.put(
                "commonLabelList",
                MessageVariables.rows(
                        common(events.stream().map(GroupVariables::labels).toList())));
        variables.put(
                "commonAnnotationList",
                MessageVariables.rows(
                        common(events.stream().map(GroupVariables::annotations).toList())));
        variables.put(
                "groupKey",
                "%s:{%s}"
                        .formatted(
                                group.route(),
                                new TreeMap<>(group.labels())
                                        .entrySet().stream()
                                                .map(label -> "%s=\"%s\"".formatted(label.getKey(), label.getValue()))
                                                .collect(Collectors.joining(", "))));
        variables.put("event", group.id());
        variables.put("alert", group.group());
        variables.put("incident", group.group());
        variables.put("monitor", GroupWording.name(group));
        variables.put("type", "group");
        variables.put("TYPE", GroupWording.type(group));
        variables.put("firing", !group.endsAll() && counts.started() > 0);
        variables.put("reminder", !group.endsAll() && counts.started() == 0);
        variables.put("resolved", group.endsAll());
        variables.put("status", status.name());
        variables.put("isDegraded", status == Status.DEGRADED);
        variables.put("value", "");
        variables.put("hasValue", false);
        variables.put("unit", "");
        variables.put("valueWithUnit", "");
        variables.put("reason", "");
        variables.put("hasReason", false);
        variables.put("summary", GroupWording.summary(group));
        variables.put("shortSummary", GroupWording.summary(group));
        variables.put("series", Map.of());
        variables.put("labels", group.labels());
        variables.put("seriesList", List.of());
        variables.put("labelList", MessageVariables.rows(group.labels()));
        variables.put("slot", shown.time(group.formedAt()));
        variables.put("firingSince", shown.time(since));
        variables.put("slotTime", seconds(group.formedAt()).toString());
        variables.put("firingSinceTime", since.toString());
        variables.put("slotSeconds", MessageVariables.seconds(group.formedAt()));
        variables.put("link", link);
        variables.put("hasLink", !link.isEmpty());
        variables.put("fingerprint", Fingerprint.of(GroupWording.name(group), group.labels()));
        return variables;
    }

    private static boolean is(Map<String, Object> alert, String change) {
        return Boolean.TRUE.equals(alert.get(change));
    }

    private static Instant seconds(Instant time) {
        return Instant.ofEpochSecond(time.getEpochSecond());
    }

    /** The status of the worst alert that fires. */
    private static Status worst(GroupEvent group) {
        return group.alerts().stream()
                .filter(alert -> alert.change() != GroupEvent.Change.RESOLVED)
                .map(alert -> alert.event().status())
                .max(Comparator.comparingInt(GroupVariables::severity))
                .orElse(group.endsAll() ? Status.PASSED : Status.FAILED);
    }

    private static int severity(Status status) {
        return switch (status) {
            case PASSED -> 0;
            case DEGRADED -> 1;
            case NO_DATA -> 2;
            case FAILED -> 3;
        };
    }

    private static Map<String, String> labels(AlertEvent event) {
        var labels = new HashMap<>(event.labels());
        labels.putAll(event.series());
        labels.put("alertname", event.monitor());
        return labels;
    }

    private static Map<String, String> annotations(AlertEvent event) {
        var annotations = new HashMap<String, String>();
        annotations.put("summary", Wording.summary(event));
        if (!event.reason().isBlank()) {
            annotations.put("description", Wording.plain(event.reason()));
        }
        if (event.value() != null) {
            annotations.put("value", Wording.valueWithUnit(event));
        }
        return annotations;
    }

    private static Map<String, String> common(List<Map<String, String>> all) {
        var common = new HashMap<String, String>(all.isEmpty() ? Map.of() : all.getFirst());
        all.forEach(each -> common.entrySet().retainAll(each.entrySet()));
        return common;
    }
}
