package io.growalert.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** What a request is answered. */
record Answer(int status, String contentType, String body, Map<String, String> headers) {

    Answer {
        headers = Map.copyOf(headers);
    }

    static Answer json(int status, ObjectNode body) {
        return new Answer(
                status,
                "application/json",
                Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(body),
                Map.of());
    }

    static Answer text(int status, String contentType, String body) {
        return new Answer(status, contentType, body, Map.of());
    }

    Answer with(String header, String value) {
        var all = new LinkedHashMap<>(headers);
        all.put(header, value);
        return new Answer(status, contentType, body, all);
    }

    byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }
}
