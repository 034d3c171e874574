package io.growalert.sandbox.object;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Sets fields of an object from the parameters of a request: an absent one leaves its field unchanged, an empty one clears it. */
public final class ObjectFields {
    private final Params params;
    private final ObjectNode object;

    private ObjectFields(Params params, ObjectNode object) {
        this.params = params;
        this.object = object;
    }

    public static ObjectFields of(Params params, ObjectNode object) {
        return new ObjectFields(params, object);
    }

    public ObjectFields texts(String... names) {
        for (var name : names) {
            if (params.has(name)) {
                object.put(name, params.text(name));
            }
        }
        return this;
    }

    public ObjectFields numbers(String... names) {
        for (var name : names) {
            if (params.has(name)) {
                object.put(name, params.number(name));
            }
        }
        return this;
    }

    public ObjectFields flags(String... names) {
        for (var name : names) {
            if (params.has(name)) {
                object.put(name, params.flag(name));
            }
        }
        return this;
    }

    /** Objects of texts, such as an address or a name with an address. */
    public ObjectFields objects(String... names) {
        for (var name : names) {
            if (params.has(name)) {
                var child = params.child(name);
                if (child.isEmpty()) {
                    object.putNull(name);
                } else {
                    object.set(name, tree(name, child));
                }
            }
        }
        return this;
    }

    /** The metadata: an empty value removes its key, and an empty whole removes all. */
    public ObjectFields metadata() {
        if (!params.has("metadata")) {
            return this;
        }
        var changes = params.child("metadata").entries();
        if (changes.isEmpty()) {
            object.putObject("metadata");
            return this;
        }
        var metadata = object.withObjectProperty("metadata");
        changes.forEach((key, value) -> {
            if (value.isEmpty()) {
                metadata.remove(key);
            } else {
                metadata.put(key, value);
            }
        });
        if (metadata.size() > 50) {
            throw ApiError.invalid("Metadata can have at most 50 keys.").param("metadata");
        }
        return this;
    }

    private static ObjectNode tree(String of, Params params) {
        var tree = JsonNodes.object();
        if (of.equals("address")) {
            // an address is always shown with all of its lines
            List.of("city", "country", "line1", "line2", "postal_code", "state").forEach(tree::putNull);
        }
        params.entries().forEach((name, value) -> tree.put(name, value.isEmpty() ? null : value));
        params.names().stream()
                .filter(name -> !params.child(name).isEmpty())
                .forEach(name -> tree.set(name, tree(name, params.child(name))));
        return tree;
    }
}
