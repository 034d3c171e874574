package io.growalert.billing.stripe;

import com.stripe.net.ApiResource;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The JSON of Stripe's responses: the library's classes have only the fields of their own release. {@link StripeFields} reads it. */
final class StripeJson {
    private static final JsonMapper JSON = JsonMapper.shared();

    private StripeJson() {}

    static JsonNode of(ApiResource object) {
        return StripeFields.parse(
                Objects.requireNonNull(object.getLastResponse().body()));
    }

    /** @param name of the object, for error messages */
    static StripeFields fields(ApiResource object, String name) {
        return new StripeFields(of(object), name);
    }

    /** The object, with a default for each field that it lacks or has null for; nested objects likewise. */
    static ObjectNode withDefaults(JsonNode defaults, JsonNode object) {
        var all = JSON.createObjectNode();
        defaults.properties().forEach(entry -> all.set(entry.getKey(), entry.getValue()));
        object.properties().forEach(entry -> {
            var value = entry.getValue();
            var otherwise = all.path(entry.getKey());
            if (value.isObject() && otherwise.isObject()) {
                all.set(entry.getKey(), withDefaults(otherwise, value));
            } else if (!value.isNull() || otherwise.isMissingNode()) {
                all.set(entry.getKey(), value);
            }
        });
        return all;
    }
}
