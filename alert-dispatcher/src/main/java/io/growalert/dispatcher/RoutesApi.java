package io.growalert.dispatcher;

import io.growalert.dispatcher.receiver.Receivers;
import io.growalert.dispatcher.route.EventLabels;
import io.growalert.dispatcher.route.RouteExplanation;
import io.growalert.runtime.database.Columns;
import io.growalert.runtime.http.CommonProblem;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The routes in use. */
@RestController
class RoutesApi {

    private final Receivers receivers;
    private final Clock clock;

    RoutesApi(Receivers receivers, Clock clock) {
        this.receivers = receivers;
        this.clock = clock;
    }

    /** Which receivers an event with these labels has, and why; nothing is sent. */
    @GetMapping("/api/routes/test")
    RouteExplanation test(
            @RequestParam(required = false) @Nullable String labels,
            @RequestParam(required = false) @Nullable String at,
            @RequestParam MultiValueMap<String, String> parameters) {
        // not a parameter of the method: Spring would split a value at its commas
        var single = parameters.getOrDefault("label", List.of());
        if (labels == null && single.isEmpty()) {
            throw CommonProblem.INVALID_FIELD.in("labels", "labels: expected, and missing");
        }
        return RouteExplanation.of(
                receivers.routes(),
                labels(labels == null ? "" : labels, single),
                at == null ? clock.instant() : instant(at));
    }

    private static Map<String, String> labels(String text, List<String> single) {
        var labels = parsed(text);
        for (var label : single) {
            int end = label.indexOf('=');
            if (end <= 0) {
                throw CommonProblem.INVALID_FIELD.in("label", "label: expected a name and a value, such as site=north");
            }
            var name = label.substring(0, end);
            if (labels.put(name, label.substring(end + 1)) != null) {
                throw CommonProblem.INVALID_FIELD.in("label", "label: the label %s is there twice".formatted(name));
            }
        }
        return labels;
    }

    private static Map<String, String> parsed(String text) {
        try {
            return EventLabels.parse(text);
        } catch (IllegalArgumentException e) {
            throw CommonProblem.INVALID_FIELD.in("labels", "labels: " + e.getMessage());
        }
    }

    private static Instant instant(String text) {
        try {
            var instant = Instant.parse(text);
            if (!instant.isBefore(Instant.EPOCH) && !instant.isAfter(Columns.LATEST)) {
                return instant;
            }
        } catch (DateTimeParseException e) {
            // reported below
        }
        throw CommonProblem.INVALID_FIELD.in("at", "at: expected an instant, such as 2026-11-24T07:00:00Z");
    }
}
