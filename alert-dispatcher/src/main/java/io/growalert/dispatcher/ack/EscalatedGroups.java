package io.growalert.dispatcher.ack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.group.GroupMembers;
import io.growalert.dispatcher.route.EventLabels;
import io.growalert.dispatcher.route.RouteTree;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Escalations of alerts that share messages: the further receiver gets a separate group of what escalates to it. */
final class EscalatedGroups {
    private final GroupMembers members;
    private final Supplier<RouteTree> routes;
    private final Predicate<String> acceptsGroups;

    /** @param acceptsGroups whether a receiver of this name may be notified of several alerts in one message */
    EscalatedGroups(JdbcClient jdbc, Supplier<RouteTree> routes, Predicate<String> acceptsGroups) {
        this.members = new GroupMembers(jdbc);
        this.routes = routes;
        this.acceptsGroups = acceptsGroups;
    }

    /** What is left to be notified one by one, and what came into groups. */
    record Joined(List<EscalationStep> rest, List<EscalationDeliveries.Added> added) {}

    /**
     * Adds the incidents of these steps to groups, where their routes group and the receivers accept groups. A receiver in another
     * group of the incident is notified by that group's next message.
     */
    Joined join(List<EscalationStep> notifying, Map<String, EscalationDeliveries.Latest> latest, Instant now) {
        var events = new HashMap<String, AlertEvent>();
        notifying.stream()
                .filter(step -> step.number() != EscalationStep.REPEAT)
                .forEach(step -> events.computeIfAbsent(step.incident(), incident -> event(latest, incident)));
        var known = members.of(events.values());
        var changes = new LinkedHashMap<GroupMembers.Place, GroupMembers.Change>();
        var added = new LinkedHashMap<GroupMembers.Place, EscalationDeliveries.Added>();
        var rest = notifying.stream()
                .map(step -> {
                    var event = events.get(step.incident());
                    var group = event == null ? Optional.<Common>empty() : common(step, event);
                    if (event == null || group.isEmpty()) {
                        return step;
                    }
                    return step.with(step.receivers().stream()
                            .filter(receiver -> {
                                var place = new GroupMembers.Place(step.incident(), receiver);
                                var change = group.get().change(receiver, event);
                                var membership = known.get(place);
                                if (membership != null && membership.group().equals(change.group())) {
                                    return false;
                                }
                                if (membership == null && !acceptsGroups.test(receiver)) {
                                    return true;
                                }
                                changes.putIfAbsent(
                                        place,
                                        membership == null
                                                ? change
                                                : GroupMembers.Change.escalated(
                                                        membership, receiver, event, step.number()));
                                added.putIfAbsent(
                                        place,
                                        new EscalationDeliveries.Added(step.incident(), receiver, step.number()));
                                return false;
                            })
                            .toList());
                })
                .toList();
        members.store(changes.values(), now);
        return new Joined(rest, List.copyOf(added.values()));
    }

    private static AlertEvent event(Map<String, EscalationDeliveries.Latest> latest, String incident) {
        var found = latest.get(incident);
        if (found == null) {
            throw new IllegalStateException("no event of " + incident);
        }
        return Json.read(found.body().getBytes(UTF_8), AlertEvent.class);
    }

    /** What the alerts have in common that escalate by this step. */
    private record Common(EscalationStep step, RouteTree.MatchedPath path, Map<String, String> labels) {
        GroupMembers.Change change(String receiver, AlertEvent event) {
            return GroupMembers.Change.into(
                    path.matchers(), path.last().grouping().repeating(step.every()), labels, receiver, event);
        }
    }

    private Optional<Common> common(EscalationStep step, AlertEvent event) {
        var all = EventLabels.of(event);
        return routes.get().matching(all, step.matchers(), step.route()).flatMap(path -> {
            var labels = new HashMap<>(path.last().grouping().group(all, event.cause()));
            if (labels.isEmpty()) {
                return Optional.empty();
            }
            labels.put(GroupMembers.ESCALATION, Integer.toString(step.number()));
            return Optional.of(new Common(step, path, labels));
        });
    }
}
