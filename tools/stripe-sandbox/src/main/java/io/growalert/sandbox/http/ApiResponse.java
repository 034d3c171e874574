package io.growalert.sandbox.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** The response to a request. */
public record ApiResponse(int status, String contentType, String body, Map<String, String> headers) {
    /** A response with this header is never sent: the connection ends instead. */
    public static final String CUT = "Sandbox-Cut";

    /** A response with this header is sent so many milliseconds later, and without the header. */
    public static final String HANG = "Sandbox-Hang";

    public ApiResponse {
        headers = Map.copyOf(headers);
    }

    public static ApiResponse json(int status, ObjectNode body) {
        return new ApiResponse(
                status,
                "application/json",
                JsonNodes.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(body),
                Map.of());
    }

    public static ApiResponse text(int status, String contentType, String body) {
        return new ApiResponse(status, contentType, body, Map.of());
    }

    public ApiResponse with(String header, String value) {
        var all = new LinkedHashMap<>(headers);
        all.put(header, value);
        return new ApiResponse(status, contentType, body, all);
    }

    public byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }
}
