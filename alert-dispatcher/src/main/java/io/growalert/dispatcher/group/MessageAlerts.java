package io.growalert.dispatcher.group;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent.Change;
import io.growalert.events.GroupEvent.GroupedAlert;
import io.growalert.events.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The alerts that a message names: what changed rather than what still fires, the worst first, up to the limits of a message. */
final class MessageAlerts {
    static final int MOST = 1_000;
    /** Of the named alerts' JSON; a message is below 1 MB. */
    static final int MOST_BYTES = 900_000;

    private MessageAlerts() {}

    /** The members that a message names when they are not too large, the most important first. */
    static Map<Member, Change> chosen(GroupDecision.Due due) {
        int resolved = Math.min(due.resolved().size(), MOST / 2);
        int started = Math.min(due.started().size(), MOST - resolved);
        resolved = Math.min(due.resolved().size(), MOST - started);
        int stillFiring = Math.min(due.stillFiring().size(), MOST - started - resolved);
        var chosen = new LinkedHashMap<Member, Change>();
        due.started().subList(0, started).forEach(member -> chosen.put(member, Change.NEW));
        due.resolved().subList(0, resolved).forEach(member -> chosen.put(member, Change.RESOLVED));
        due.stillFiring().subList(0, stillFiring).forEach(member -> chosen.put(member, Change.STILL_FIRING));
        return chosen;
    }

    /** The alerts of these members, without those that would make the message too large. */
    static List<GroupedAlert> read(Map<Member, Change> chosen, GroupTable table) {
        var bodies = new HashMap<String, String>();
        table.bodies(chosen.keySet().stream().map(Member::event).toList(), bodies::put);
        var fitting = new ArrayList<GroupedAlert>();
        long bytes = 0;
        for (var entry : chosen.entrySet()) {
            var body = bodies.getOrDefault(entry.getKey().event(), "").getBytes(UTF_8);
            if (body.length > 0 && bytes + body.length <= MOST_BYTES) {
                bytes += body.length;
                fitting.add(new GroupedAlert(entry.getValue(), Json.read(body, AlertEvent.class)));
            }
        }
        return inOrder(fitting);
    }

    private static List<GroupedAlert> inOrder(List<GroupedAlert> alerts) {
        var ordered = new ArrayList<GroupedAlert>();
        for (var change : Change.values()) {
            alerts.stream().filter(alert -> alert.change() == change).forEach(ordered::add);
        }
        return ordered;
    }
}
