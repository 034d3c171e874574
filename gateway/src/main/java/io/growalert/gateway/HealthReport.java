package io.growalert.gateway;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The health report of a service, summarized for the operator. */
final class HealthReport {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Set<String> WELL = Set.of("UP", "UNKNOWN");
    /** In characters. */
    private static final int LONGEST = 1_000;

    private HealthReport() {}

    /** The problem with the reason of each component; empty when the service is healthy. */
    static Optional<String> problem(int httpStatus, byte[] body) {
        var report = read(body);
        if (report.path("status").isString()) {
            var status = report.path("status").asString();
            return WELL.contains(status) && httpStatus < 400
                    ? Optional.empty()
                    : Optional.of(oneLine(status + parts(report.path("components"))));
        }
        return httpStatus < 400
                ? Optional.empty()
                : Optional.of(oneLine(
                        "HTTP %d %s".formatted(httpStatus, report.path("detail").asString(""))));
    }

    private static JsonNode read(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return JSON.missingNode();
        }
    }

    private static String parts(JsonNode components) {
        var parts = components
                .propertyStream()
                .filter(part -> !WELL.contains(part.getValue().path("status").asString("UNKNOWN")))
                .map(part -> "%s %s%s"
                        .formatted(
                                part.getKey(),
                                part.getValue().path("status").asString(),
                                details(part.getValue().path("details"))))
                .collect(Collectors.joining("; "));
        return parts.isEmpty() ? "" : ": " + parts;
    }

    private static String details(JsonNode details) {
        var words = details.propertyStream()
                .map(detail -> detail.getKey() + "="
                        + (detail.getValue().isString()
                                ? detail.getValue().asString()
                                : detail.getValue().toString()))
                .collect(Collectors.joining(", "));
        return words.isEmpty() ? "" : " (" + words + ")";
    }

    private static String oneLine(String text) {
        var line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }
}
