package io.growalert.sandbox.object;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** The events of the past, for requests that list them. */
public final class EventResource {
    private final Store store;

    public EventResource(Store store) {
        this.store = store;
    }

    public void routes(ResourceRoutes endpoints) {
        endpoints.get("/v1/events/{id}", call -> store.get("event", call.id()));
        endpoints.list("/v1/events", "event", "type types[] delivery_success", call -> {
            var params = call.params();
            var type = params.text("type");
            var types = Set.copyOf(params.texts("types"));
            if (type != null && !types.isEmpty()) {
                throw ApiError.invalid("You may only specify one of these parameters: type, types.");
            }
            return event -> (type == null || matches(type, JsonNodes.textOf(event, "type")))
                    && (types.isEmpty() || types.contains(JsonNodes.textOf(event, "type")))
                    && (!params.has("delivery_success") || params.flag("delivery_success") == delivered(event));
        });
    }

    private static boolean delivered(ObjectNode event) {
        return JsonNodes.number(event, "pending_webhooks") == 0;
    }

    /** A type may end in a star: {@code charge.*}. */
    private static boolean matches(String wanted, String type) {
        return wanted.endsWith(".*") ? type.startsWith(wanted.substring(0, wanted.length() - 1)) : wanted.equals(type);
    }
}
