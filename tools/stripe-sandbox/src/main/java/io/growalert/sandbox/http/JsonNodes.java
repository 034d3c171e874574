package io.growalert.sandbox.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Objects as Stripe shows them. A key that starts with an underscore is the sandbox's own and is never shown. */
public final class JsonNodes {
    public static final JsonMapper MAPPER = JsonMapper.builder().build();

    private JsonNodes() {}

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** The text of a field; null where the field is absent, null or no text. */
    public static @Nullable String text(JsonNode object, String field) {
        var value = object.path(field);
        return value.isString() ? value.stringValue() : null;
    }

    /** The text of a field that is always there. */
    public static String textOf(JsonNode object, String field) {
        var value = text(object, field);
        if (value == null) {
            throw new IllegalStateException("no " + field + " in " + object.path("object"));
        }
        return value;
    }

    public static String id(JsonNode object) {
        return textOf(object, "id");
    }

    /** The number in a field; 0 where there is none. */
    public static long number(JsonNode object, String field) {
        return object.path(field).asLong(0);
    }

    public static boolean flag(JsonNode object, String field) {
        return object.path(field).asBoolean(false);
    }

    public static boolean isNull(JsonNode object, String field) {
        var value = object.path(field);
        return value.isNull() || value.isMissingNode();
    }

    /** A copy without the sandbox's own keys. */
    public static ObjectNode shown(ObjectNode object) {
        var copy = object.deepCopy();
        copy.remove(copy.propertyNames().stream()
                .filter(name -> name.startsWith("_"))
                .toList());
        return copy;
    }

    /** What an event says of the past: of each key that is not as it was, the value that it had; null when nothing changed. */
    public static @Nullable ObjectNode previous(ObjectNode before, ObjectNode after) {
        var changed = object();
        for (Map.Entry<String, JsonNode> entry : before.properties()) {
            var was = entry.getValue();
            var is = after.path(entry.getKey());
            if (was.equals(is)) {
                continue;
            }
            if (was instanceof ObjectNode wasObject && is instanceof ObjectNode isObject) {
                var inner = previous(wasObject, isObject);
                if (inner != null) {
                    changed.set(entry.getKey(), inner);
                }
            } else {
                changed.set(entry.getKey(), was.deepCopy());
            }
        }
        for (var name : after.propertyNames()) {
            if (!before.has(name)) {
                changed.putNull(name);
            }
        }
        return changed.isEmpty() ? null : changed;
    }

    public static List<ObjectNode> objects(JsonNode array) {
        var objects = new ArrayList<ObjectNode>();
        for (var element : array) {
            if (element instanceof ObjectNode object) {
                objects.add(object);
            }
        }
        return objects;
    }
}
