package io.growalert.dispatcher.template;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.handler.Notification;
import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.events.Notifiable;
import io.growalert.events.Status;
import io.growalert.events.UnreadableValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Example notifications, to check and to show templates. */
public final class SampleEvents {
    private static final Instant FIRED = Instant.parse("2026-11-24T07:00:00Z");
    private static final Instant LATER = FIRED.plusSeconds(3_000);

    private SampleEvents() {}

    public static Notification notification(AlertEvent.Type type, String receiver) {
        return notification(Json.write(event(type, "room-co2", receiver)), receiver);
    }

    /**
     * @param json an alert event, or a group's message
     * @throws UnreadableValue when it is none
     */
    public static Notification notification(byte[] json, String receiver) {
        boolean isGroup =
                Json.read(json, JsonNode.class).path("type").asString("").equals("group");
        Notifiable event = isGroup ? Json.read(json, GroupEvent.class) : Json.read(json, AlertEvent.class);
        return new Notification(Ids.delivery(event.id(), receiver), receiver, event, new String(json, UTF_8));
    }

    /** A message of a group, of which one alert is new, one fires still, and one is resolved. */
    public static Notification group(String receiver) {
        var labels = Map.of("site", "north");
        var group = Ids.group("{}", labels, receiver);
        var message = new GroupEvent(
                Ids.groupMessage(group, LATER, 1),
                GroupEvent.Type.GROUP,
                group,
                "{}",
                labels,
                new GroupEvent.Counts(1, 1, 1),
                List.of(
                        new GroupEvent.GroupedAlert(
                                GroupEvent.Change.NEW, event(AlertEvent.Type.FIRING, "room-co2", receiver)),
                        new GroupEvent.GroupedAlert(
                                GroupEvent.Change.STILL_FIRING, event(AlertEvent.Type.REMINDER, "hall-co2", receiver)),
                        new GroupEvent.GroupedAlert(
                                GroupEvent.Change.RESOLVED, event(AlertEvent.Type.RESOLVED, "shed-co2", receiver))),
                0,
                LATER);
        return notification(Json.write(message), receiver);
    }

    private static AlertEvent event(AlertEvent.Type type, String monitor, String receiver) {
        var series = Map.of("room", "office \"2\" <north>");
        var alert = Ids.alert(monitor, series);
        var incident = Ids.incident(alert, FIRED);
        boolean isOver = type == AlertEvent.Type.RESOLVED;
        var slot = type == AlertEvent.Type.FIRING ? FIRED : LATER;
        return new AlertEvent(
                Ids.event(incident, type, slot),
                type,
                alert,
                incident,
                monitor,
                series,
                Map.of("site", "north", "severity", "critical"),
                isOver ? Status.PASSED : Status.FAILED,
                isOver ? 640.0 : 1003.5,
                isOver ? "not above 1000" : "above 1000",
                isOver ? "CO2 is 640 ppm" : "CO2 is 1003.5 ppm",
                slot,
                FIRED,
                List.of(receiver));
    }
}
