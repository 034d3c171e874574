package io.growalert.dispatcher.template;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A request whose parts, except for the method, are Mustache templates over {@link MessageVariables}.
 *
 * @param escaping of values in the body; those in the URL are percent-encoded, those in headers are one line
 */
public record RequestTemplate(String method, String url, Map<String, String> headers, String body, Escaping escaping) {
    public RequestTemplate {
        headers = Map.copyOf(headers);
    }

    /** A POST of JSON. */
    public static RequestTemplate json(String url, Map<String, String> headers, String body, Escaping escaping) {
        return new RequestTemplate("POST", url, withType(headers, "application/json"), body, escaping);
    }

    /** A POST of a form. */
    public static RequestTemplate form(String url, Map<String, String> headers, String body) {
        return new RequestTemplate(
                "POST", url, withType(headers, "application/x-www-form-urlencoded"), body, Escaping.URL);
    }

    private static Map<String, String> withType(Map<String, String> headers, String type) {
        var all = new HashMap<>(headers);
        all.put("Content-Type", type);
        return all;
    }

    /** The text of a resource beside the class. */
    public static String resource(Class<?> beside, String name) {
        try (var in = Objects.requireNonNull(beside.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
