package io.growalert.sandbox;

import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** The events of the past, to be asked for. */
final class EventList {
    private final Store store;

    EventList(Store store) {
        this.store = store;
    }

    void routes(Endpoints endpoints) {
        endpoints.get("/v1/events/{id}", call -> store.get("event", call.id()));
        endpoints.list("/v1/events", "event", "type types[] delivery_success", call -> {
            var params = call.params();
            var type = params.text("type");
            var types = Set.copyOf(params.texts("types"));
            if (type != null && !types.isEmpty()) {
                throw ApiError.invalid("You may only specify one of these parameters: type, types.");
            }
            return event -> (type == null || matches(type, Json.textOf(event, "type")))
                    && (types.isEmpty() || types.contains(Json.textOf(event, "type")))
                    && (!params.has("delivery_success") || params.flag("delivery_success") == delivered(event));
        });
    }

    private static boolean delivered(ObjectNode event) {
        return Json.number(event, "pending_webhooks") == 0;
    }

    /** A type may end in a star: {@code charge.*}. */
    private static boolean matches(String wanted, String type) {
        return wanted.endsWith(".*") ? type.startsWith(wanted.substring(0, wanted.length() - 1)) : wanted.equals(type);
    }
}
