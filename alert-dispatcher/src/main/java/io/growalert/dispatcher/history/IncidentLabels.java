package io.growalert.dispatcher.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.route.EventLabels;
import io.growalert.events.Json;
import io.growalert.events.Status;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The labels of a stored incident that matchers see. */
final class IncidentLabels {
    private IncidentLabels() {}

    /** @param labels of the monitor, a JSON object, as is {@code series} */
    static Map<String, String> of(String labels, String series, String monitor, String status) {
        return EventLabels.of(read(labels), read(series), monitor, Status.valueOf(status));
    }

    private static Map<String, String> read(String json) {
        var labels = new HashMap<String, String>();
        Json.read(json.getBytes(UTF_8), JsonNode.class)
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().stringValue()));
        return labels;
    }
}
