package io.growalert.dispatcher;

import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import io.growalert.events.Status;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Alert events as the state would make them. */
public record AlertEvents(String monitor, Map<String, String> series, List<String> receivers) {
    public static final Instant START = Instant.parse("2026-11-24T07:00:00Z");

    public static AlertEvents of(String monitor, String... receivers) {
        return new AlertEvents(monitor, Map.of("room", "office"), List.of(receivers));
    }

    public AlertEvents withSeries(Map<String, String> other) {
        return new AlertEvents(monitor, other, receivers);
    }

    public String alert() {
        return Ids.alert(monitor, series);
    }

    /** The firing of the incident with this number; each takes an hour of slots. */
    public AlertEvent firing(int incident) {
        return event(AlertEvent.Type.FIRING, fired(incident), fired(incident), Status.FAILED, 1003.5);
    }

    public AlertEvent reminder(int incident, int number) {
        var slot = fired(incident).plusSeconds(60L * number);
        return event(AlertEvent.Type.REMINDER, slot, fired(incident), Status.FAILED, 1010.0);
    }

    public AlertEvent resolved(int incident) {
        var slot = fired(incident).plusSeconds(3_000);
        return event(AlertEvent.Type.RESOLVED, slot, fired(incident), Status.PASSED, 640.0);
    }

    private static Instant fired(int incident) {
        return START.plusSeconds(3_600L * incident);
    }

    private AlertEvent event(AlertEvent.Type type, Instant slot, Instant fired, Status status, double value) {
        var incident = Ids.incident(alert(), fired);
        return new AlertEvent(
                Ids.event(incident, type, slot),
                type,
                alert(),
                incident,
                monitor,
                series,
                Map.of("site", "north"),
                status,
                value,
                "above 1000",
                "CO2 is %s ppm".formatted(value),
                slot,
                fired,
                receivers);
    }
}
