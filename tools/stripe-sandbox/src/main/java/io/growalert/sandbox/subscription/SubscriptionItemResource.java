package io.growalert.sandbox.subscription;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.FormParser;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Single items of subscriptions. Each change of one is an update of its subscription. */
final class SubscriptionItemResource {
    private static final String HOW = " payment_behavior proration_behavior proration_date";

    private final Store store;
    private final SubscriptionUpdates updates;

    SubscriptionItemResource(Store store, SubscriptionUpdates updates) {
        this.store = store;
        this.updates = updates;
    }

    void routes(ResourceRoutes endpoints) {
        endpoints.get("/v1/subscription_items", "subscription", call -> {
            var subscription = named(call.params().require("subscription"));
            return ResourceRoutes.all(call.path(), SubscriptionItems.of(subscription));
        });
        endpoints.post("/v1/subscription_items", "subscription price quantity" + HOW, call -> {
            var subscription = named(call.params().require("subscription"));
            call.params().require("price");
            update(subscription, call.params(), "");
            return SubscriptionItems.of(subscription).getLast();
        });
        endpoints.get("/v1/subscription_items/{id}", call -> item(owner(call), call.id()));
        endpoints.post("/v1/subscription_items/{id}", "price quantity" + HOW, call -> {
            var subscription = owner(call);
            update(subscription, call.params(), "&items[0][id]=" + call.id());
            return item(subscription, call.id());
        });
        endpoints.delete("/v1/subscription_items/{id}", HOW.strip(), call -> {
            update(owner(call), call.params(), "&items[0][deleted]=true&items[0][id]=" + call.id());
            return JsonNodes.object()
                    .put("id", call.id())
                    .put("object", "subscription_item")
                    .put("deleted", true);
        });
    }

    private void update(ObjectNode subscription, Params params, String which) {
        var form = new StringBuilder(which);
        for (var name : List.of("price", "quantity")) {
            add(form, "items[0][" + name + "]", params.text(name));
        }
        for (var name : HOW.strip().split(" ", -1)) {
            add(form, name, params.text(name));
        }
        updates.update(subscription, FormParser.parse("", form.toString()));
    }

    private static void add(StringBuilder form, String name, @Nullable String value) {
        if (value != null) {
            form.append('&').append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }

    private ObjectNode named(String id) {
        var subscription = store.find(SubscriptionLifecycle.KIND, id);
        if (subscription == null) {
            throw ApiError.refersToNone("subscription", id, "subscription");
        }
        return subscription;
    }

    private ObjectNode owner(ApiCall call) {
        return store.kind(SubscriptionLifecycle.KIND).values().stream()
                .filter(subscription -> SubscriptionItems.of(subscription).stream()
                        .anyMatch(item -> call.id().equals(JsonNodes.id(item))))
                .findFirst()
                .orElseThrow(() -> ApiError.noSuch("subscription_item", call.id(), "item"));
    }

    private static ObjectNode item(ObjectNode subscription, String id) {
        return SubscriptionItems.of(subscription).stream()
                .filter(item -> id.equals(JsonNodes.id(item)))
                .findFirst()
                .orElseThrow(() -> ApiError.noSuch("subscription_item", id, "item"));
    }
}
