package io.growalert.benchmarks.alerting;

import io.growalert.events.AlertEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the messages of groups to one receiver said of each incident. */
final class GroupedIncidents {
    private static final List<List<String>> COMPLETE = List.of(List.of("new"), List.of("new", "resolved"));

    private final WebhookSink sink;

    GroupedIncidents(WebhookSink sink) {
        this.sink = sink;
    }

    /** The webhook-ids under which several bodies arrived. */
    List<String> severalBodies() {
        var bodies = new HashMap<String, Set<String>>();
        sink.groups().forEach(group -> bodies.computeIfAbsent(group.webhookId(), _ -> new HashSet<>())
                .add(group.message().toString()));
        return bodies.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The changes of each incident in order, those of a message once. */
    private Map<String, List<String>> changes() {
        var changes = new HashMap<String, List<String>>();
        var seen = new HashSet<String>();
        for (var group : sink.groups()) {
            if (seen.add(group.webhookId())) {
                for (var alert : group.message().path("alerts")) {
                    var change = alert.path("change").asString("");
                    if (!change.equals("stillFiring")) {
                        changes.computeIfAbsent(
                                        alert.path("event").path("incident").asString(""), _ -> new ArrayList<>())
                                .add(change);
                    }
                }
            }
        }
        return changes;
    }

    /** The incidents that were not new once, and then resolved at most once. */
    List<String> repeated() {
        return changes().entrySet().stream()
                .filter(entry -> !COMPLETE.contains(entry.getValue()))
                .map(Object::toString)
                .toList();
    }

    /**
     * The open incidents that were not notified, and the notified ones whose end was not.
     *
     * @param incidents the firing and, if there is one, the resolution of each
     */
    List<String> unnotified(Map<String, List<AlertEvent>> incidents) {
        var changes = changes();
        return incidents.entrySet().stream()
                .filter(incident -> {
                    var said = changes.getOrDefault(incident.getKey(), List.of());
                    boolean isOpen = incident.getValue().size() == 1;
                    return isOpen ? said.isEmpty() : said.equals(List.of("new"));
                })
                .map(incident -> "%s: %s".formatted(incident, changes.get(incident.getKey())))
                .toList();
    }

    /** When each incident was first in a message. */
    Map<String, Instant> notifiedAt() {
        var times = new HashMap<String, Instant>();
        for (var group : sink.groups()) {
            for (var alert : group.message().path("alerts")) {
                times.merge(alert.path("event").path("incident").asString(""), group.at(), GroupedIncidents::earlier);
            }
        }
        return times;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /** Of the incidents that must escalate, those that did not; and those that escalated, whose end was not notified. */
    List<String> unescalated(Map<String, List<AlertEvent>> incidents, Set<String> due) {
        var changes = changes();
        return incidents.entrySet().stream()
                .filter(incident -> {
                    var said = changes.getOrDefault(incident.getKey(), List.of());
                    boolean isResolved = incident.getValue().size() == 2;
                    return isResolved
                            && (said.equals(List.of("new")) || (said.isEmpty() && due.contains(incident.getKey())));
                })
                .map(incident -> "%s: %s".formatted(incident, changes.get(incident.getKey())))
                .toList();
    }
}
