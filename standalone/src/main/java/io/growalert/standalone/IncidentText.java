package io.growalert.standalone;

import io.growalert.dispatcher.handler.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The report of an incident as text. No line has a control character, whatever a receiver answered. */
final class IncidentText {
    private static final String NONE = "none";

    private final JsonNode report;
    private final List<String> lines = new ArrayList<>();

    private IncidentText(JsonNode report) {
        this.report = report;
    }

    /** @param report as {@code GET /api/incidents/ID} returns it */
    static List<String> lines(JsonNode report) {
        var text = new IncidentText(report);
        text.incident();
        text.transitions();
        text.routes();
        text.silences();
        text.acknowledgements();
        text.escalations();
        text.deliveries();
        return text.lines.stream().map(IncidentText::printable).toList();
    }

    private static String printable(String line) {
        int indent = line.length() - line.stripLeading().length();
        return " ".repeat(indent) + Wording.plain(line);
    }

    private void incident() {
        var incident = report.path("incident");
        var until =
                incident.hasNonNull("resolvedAt") ? ", resolved at " + text(incident, "resolvedAt") : ", not resolved";
        var series = incident.path("series").isEmpty() ? "" : " " + labels(incident.path("series"));
        lines.add("%s%s firing since %s%s"
                .formatted(text(incident, "monitor"), series, text(incident, "firingSince"), until));
        lines.add("summary: " + text(incident, "summary"));
        lines.add("rule: " + text(report, "rule", "unknown"));
    }

    private void transitions() {
        lines.add("results, the latest first:");
        for (var transition : report.path("transitions")) {
            var event = transition.path("event");
            var value = event.hasNonNull("value")
                    ? " %s%s".formatted(event.path("value"), event.hasNonNull("unit") ? " " + text(event, "unit") : "")
                    : "";
            lines.add("  %s  %-8s  %s%s: %s"
                    .formatted(
                            text(event, "slot"),
                            text(event, "type"),
                            text(event, "status"),
                            value,
                            text(event, "reason")));
        }
    }

    private void routes() {
        lines.add("receivers that the monitor names: " + joined(report.path("receivers")));
        var routes = report.path("routes");
        if (routes.isMissingNode() || routes.isNull()) {
            lines.add("routes: not used");
            return;
        }
        lines.add("routes, as they are now: " + joined(routes.path("receivers")));
        for (var branch : routes.path("branches")) {
            lines.add("  %s: %s".formatted(text(branch, "route"), joined(branch.path("receivers"))));
            branch.path("why").forEach(reason -> lines.add("    matched " + reason.asString("")));
            lines.add("    group: " + labels(branch.path("group")));
            if (branch.hasNonNull("heldUntil")) {
                lines.add("    held until " + text(branch, "heldUntil"));
            }
        }
    }

    private void silences() {
        var silences = report.path("silences");
        lines.add("silences that matched: " + (silences.isEmpty() ? NONE : ""));
        for (var silence : silences) {
            lines.add("  %s  %s to %s  %s  by %s: %s"
                    .formatted(
                            text(silence, "id"),
                            text(silence, "startsAt"),
                            silence.hasNonNull("endedAt")
                                    ? text(silence, "endedAt")
                                    : text(silence, "endsAt", "the end of its cause"),
                            joined(silence.path("matchers")),
                            text(silence, "createdBy"),
                            text(silence, "comment")));
        }
    }

    private void acknowledgements() {
        var acknowledgements = report.path("acknowledgements");
        if (acknowledgements.isEmpty()) {
            lines.add("acknowledged: no");
        }
        for (var acknowledgement : acknowledgements) {
            lines.add("acknowledged: by %s at %s %s  %s"
                    .formatted(
                            text(acknowledgement, "by"),
                            text(acknowledgement, "at"),
                            acknowledgement.hasNonNull("endedAt")
                                    ? "ended at " + text(acknowledgement, "endedAt")
                                    : "until " + text(acknowledgement, "until", "it is resolved"),
                            text(acknowledgement, "comment")));
        }
    }

    private void escalations() {
        var steps = report.path("escalations");
        lines.add("escalations: " + (steps.isEmpty() ? NONE : ""));
        for (var step : steps) {
            int number = step.path("step").asInt(0);
            lines.add("  %s  %s  %s  %s%s%s%s"
                    .formatted(
                            text(step, "route"),
                            number == 0 ? "repeat" : "step " + number,
                            joined(step.path("receivers")),
                            text(step, "state"),
                            step.hasNonNull("dueAt") ? " until " + text(step, "dueAt") : "",
                            step.path("postponedBy").isEmpty()
                                    ? ""
                                    : ", postponed by " + joined(step.path("postponedBy")),
                            step.path("notified").asInt(0) == 0
                                    ? ""
                                    : ", notified %d times, the last at %s"
                                            .formatted(step.path("notified").asInt(0), text(step, "notifiedAt"))));
        }
    }

    private void deliveries() {
        var deliveries = report.path("deliveries");
        lines.add("deliveries, the latest first: " + (deliveries.isEmpty() ? NONE : ""));
        for (var delivery : deliveries) {
            var held = delivery.path("heldBy");
            lines.add("  %s  %s  %s  %s%s"
                    .formatted(
                            text(delivery, "id"),
                            text(delivery, "receiver"),
                            text(delivery, "state"),
                            text(delivery, "detail"),
                            held.isEmpty() ? "" : "  held by " + joined(held)));
            delivery.path("attemptHistory").forEach(this::attempt);
        }
    }

    private void attempt(JsonNode attempt) {
        var parts = Stream.of(
                        "attempt " + attempt.path("attempt").asInt(0),
                        text(attempt, "startedAt"),
                        text(attempt, "outcome"),
                        attempt.path("durationMs").asLong(0) + " ms",
                        attempt.hasNonNull("status")
                                ? "status " + attempt.path("status").asInt(0)
                                : "no response",
                        text(attempt, "answer"))
                .filter(part -> !part.isEmpty());
        lines.add("    " + parts.collect(Collectors.joining("  ")));
    }

    private static String labels(JsonNode labels) {
        var text = labels.propertyStream()
                .map(label -> label.getKey() + "=" + label.getValue().asString(""))
                .sorted()
                .collect(Collectors.joining(", "));
        return text.isEmpty() ? NONE : "{" + text + "}";
    }

    private static String joined(JsonNode texts) {
        return texts.isEmpty()
                ? NONE
                : texts.valueStream().map(text -> text.asString("")).collect(Collectors.joining(", "));
    }

    private static String text(JsonNode node, String field) {
        return text(node, field, "");
    }

    private static String text(JsonNode node, String field, String absent) {
        return node.path(field).asString(absent);
    }
}
