package io.growalert.browser.console;

import static io.growalert.browser.console.Shapes.acknowledged;
import static io.growalert.browser.console.Shapes.ago;
import static io.growalert.browser.console.Shapes.in;
import static io.growalert.browser.console.Shapes.incident;
import static io.growalert.browser.console.Shapes.object;
import static io.growalert.browser.console.Shapes.silence;
import static io.growalert.browser.console.Shapes.with;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON of one incident, in the shapes of docs/openapi.yaml. */
final class IncidentShapes {
    private IncidentShapes() {}

    /** A report with two deliveries, an acknowledgement that ended, a silence and an escalation to come. */
    static Map<String, @Nullable Object> report() {
        return object(
                "incident", incident("one", "room-co2", "FAILED", Map.of("site", "north"), Map.of("room", "tent")),
                "rule", "above 1000 for 3 results",
                "receivers", List.of(),
                "routes", object("labels", Map.of(), "receivers", List.of("pager"), "branches", List.of(branch())),
                "transitions",
                        List.of(
                                transition("reminder", Duration.ofMinutes(20), 1_250),
                                transition("firing", Duration.ofHours(1), 1_001)),
                "silences", List.of(silence("s1", "cleaning", "room=tent")),
                "acknowledgements",
                        List.of(with(acknowledged("ann", "on my way"), "endedAt", ago(Duration.ofMinutes(5)))),
                "escalations",
                        List.of(object(
                                "route",
                                "routes.routes[0]",
                                "step",
                                1,
                                "receivers",
                                List.of("boss"),
                                "state",
                                "waiting",
                                "dueAt",
                                in(Duration.ofMinutes(10)),
                                "postponedBy",
                                List.of("s1"),
                                "notified",
                                0,
                                "notifiedAt",
                                null)),
                "deliveries",
                        List.of(
                                delivery(
                                        "parked-1",
                                        "old-hook",
                                        "parked",
                                        "answered 410",
                                        attempt("rejected", 410, "gone")),
                                delivery("sent-1", "pager", "delivered", null, attempt("delivered", 200, "ok"))));
    }

    private static Map<String, @Nullable Object> branch() {
        return object(
                "route",
                "routes.routes[0]",
                "receivers",
                List.of("pager"),
                "groupBy",
                List.of(),
                "group",
                Map.of(),
                "groupWait",
                "10s",
                "groupInterval",
                "1m",
                "repeat",
                "4h",
                "escalate",
                List.of(object("after", "10m", "receivers", List.of("boss"), "repeat", null)),
                "heldUntil",
                null,
                "why",
                List.of("routes: all events", "routes.routes[0]: site=north"));
    }

    private static Map<String, @Nullable Object> transition(String type, Duration ago, int value) {
        return object(
                "receivedAt",
                ago(ago),
                "event",
                object(
                        "type",
                        type,
                        "slot",
                        ago(ago),
                        "value",
                        value,
                        "unit",
                        "ppm",
                        "reason",
                        "3 consecutive results above 1000"));
    }

    private static Map<String, @Nullable Object> attempt(String outcome, int status, String answer) {
        return object(
                "attempt",
                1,
                "startedAt",
                ago(Duration.ofMinutes(59)),
                "durationMs",
                31,
                "outcome",
                outcome,
                "status",
                status,
                "answer",
                answer);
    }

    private static Map<String, @Nullable Object> delivery(
            String id, String receiver, String state, @Nullable String detail, Map<String, @Nullable Object> attempt) {
        return object(
                "id",
                id,
                "event",
                "e1",
                "alert",
                "alert-one",
                "incident",
                "one",
                "monitor",
                "room-co2",
                "group",
                null,
                "groupMessage",
                null,
                "receiver",
                receiver,
                "state",
                state,
                "attempts",
                1,
                "createdAt",
                ago(Duration.ofHours(1)),
                "dueAt",
                null,
                "finishedAt",
                ago(Duration.ofMinutes(59)),
                "detail",
                detail,
                "heldBy",
                List.of(),
                "attemptHistory",
                List.of(attempt));
    }

    /** The same incident as history-service has it. */
    static Map<String, @Nullable Object> stored() {
        return object(
                "asOf",
                Instant.now().toString(),
                "id",
                "one",
                "alert",
                "alert-one",
                "monitor",
                "room-co2",
                "series",
                Map.of("room", "tent"),
                "labels",
                Map.of(),
                "status",
                "FAILED",
                "reason",
                "too much CO2",
                "summary",
                "tent has too much CO2",
                "from",
                ago(Duration.ofHours(1)),
                "transitions",
                List.of(object(
                        "type",
                        "firing",
                        "slot",
                        ago(Duration.ofHours(1)),
                        "status",
                        "FAILED",
                        "value",
                        1_001,
                        "reason",
                        "too much CO2")),
                "notifications",
                List.of(object(
                        "type",
                        "delivery-delivered",
                        "time",
                        ago(Duration.ofMinutes(50)),
                        "receiver",
                        "pager",
                        "delivery",
                        "sent-1",
                        "attempts",
                        1)));
    }
}
