package io.growalert.sandbox.object;

import io.growalert.sandbox.http.JsonNodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** New objects with every key that Stripe shows of their kind, and the default value of each. */
public final class Templates {
    private static final JsonNode OBJECTS = read();

    private Templates() {}

    /** A new object with its id. */
    public static ObjectNode of(String kind, String id, long created) {
        var object = part(kind);
        object.put("id", id);
        if (object.has("created")) {
            object.put("created", created);
        }
        return object;
    }

    /** Without an id. */
    public static ObjectNode part(String kind) {
        if (OBJECTS.path(kind) instanceof ObjectNode template) {
            return template.deepCopy();
        }
        throw new IllegalArgumentException("no template of " + kind);
    }

    private static JsonNode read() {
        try (var file = Templates.class.getResourceAsStream("objects.json")) {
            return JsonNodes.MAPPER.readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
