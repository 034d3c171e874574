package io.growalert.sandbox.object;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The parameter {@code expand}: ids become the objects they name, and fields appear that are only shown on request. */
public final class Expander {
    /** Four levels, as with Stripe. */
    private static final int DEEPEST = 4;

    private final Store store;
    private final Map<String, Function<ObjectNode, JsonNode>> onRequest = new HashMap<>();

    public Expander(Store store) {
        this.store = store;
    }

    /** Adds a field that objects of a kind have only on request. */
    public void onRequest(String kind, String field, Function<ObjectNode, JsonNode> value) {
        onRequest.put(kind + "." + field, value);
    }

    /**
     * @param object without the sandbox's own keys; it is changed
     * @throws ApiError 400 for a path that leads nowhere
     */
    ObjectNode apply(ObjectNode object, List<String> paths) {
        for (var path : paths) {
            var steps = List.of(path.split("\\.", -1));
            if (steps.size() - (steps.getFirst().equals("data") ? 1 : 0) > DEEPEST) {
                throw ApiError.invalid("You cannot expand more than 4 levels of a property. Property: " + path);
            }
            expand(object, steps, path);
        }
        return object;
    }

    private void expand(ObjectNode object, List<String> steps, String path) {
        var field = steps.getFirst();
        var special = onRequest.get(JsonNodes.text(object, "object") + "." + field);
        if (special != null && !object.has(field)) {
            object.set(field, special.apply(object));
        }
        var value = object.get(field);
        if (value == null) {
            throw ApiError.invalid(
                            "This property cannot be expanded (%s). You may want to try expanding one of its parents."
                                    .formatted(path))
                    .param("expand");
        }
        var expanded = value;
        if (value.isString()) {
            expanded = named(value.stringValue());
            object.set(field, expanded);
        }
        var rest = steps.subList(1, steps.size());
        if (rest.isEmpty()) {
            return;
        }
        for (var next : each(expanded)) {
            expand(next, rest, path);
        }
    }

    private JsonNode named(String id) {
        var named = store.find(id);
        return named == null ? JsonNodes.MAPPER.getNodeFactory().stringNode(id) : JsonNodes.shown(named);
    }

    private static List<ObjectNode> each(JsonNode value) {
        var objects = new ArrayList<ObjectNode>();
        switch (value) {
            case ObjectNode object -> objects.add(object);
            case ArrayNode array -> objects.addAll(JsonNodes.objects(array));
            default -> {}
        }
        return objects;
    }
}
