package io.growalert.billing.stripe;

import com.stripe.net.ApiResource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Stripe's answer as it came: the library's classes know only the fields of their own release. */
final class Tree {
    private static final JsonMapper JSON = JsonMapper.shared();

    private Tree() {}

    static String raw(ApiResource object) {
        return Objects.requireNonNull(object.getLastResponse().body());
    }

    static JsonNode of(ApiResource object) {
        return JSON.readTree(raw(object));
    }

    static JsonNode of(String json) {
        return JSON.readTree(json);
    }

    /** The object, and what it lacks or has null for, as it is in another; objects within likewise. */
    static ObjectNode with(JsonNode defaults, JsonNode object) {
        var all = JSON.createObjectNode();
        defaults.properties().forEach(entry -> all.set(entry.getKey(), entry.getValue()));
        object.properties().forEach(entry -> {
            var value = entry.getValue();
            var otherwise = all.path(entry.getKey());
            if (value.isObject() && otherwise.isObject()) {
                all.set(entry.getKey(), with(otherwise, value));
            } else if (!value.isNull() || otherwise.isMissingNode()) {
                all.set(entry.getKey(), value);
            }
        });
        return all;
    }

    static @Nullable String text(JsonNode object, String... path) {
        var node = object;
        for (var name : path) {
            node = node.path(name);
        }
        return node.isString() ? node.stringValue() : null;
    }

    static String required(JsonNode object, String name) {
        return Objects.requireNonNull(text(object, name), name);
    }
}
