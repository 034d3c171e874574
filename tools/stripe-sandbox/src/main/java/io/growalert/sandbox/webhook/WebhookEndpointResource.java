package io.growalert.sandbox.webhook;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectFields;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Webhook endpoints that are created through the API. The one of the options exists from the start and is not listed. */
public final class WebhookEndpointResource {
    private static final String KIND = "webhook_endpoint";
    private static final String KNOWN = "url enabled_events[] description metadata*";

    private final Store store;
    private final ObjectClock time;
    private final WebhookDelivery delivery;

    public WebhookEndpointResource(Store store, ObjectClock time, WebhookDelivery delivery) {
        this.store = store;
        this.time = time;
        this.delivery = delivery;
    }

    public void routes(ResourceRoutes endpoints) {
        endpoints.post("/v1/webhook_endpoints", KNOWN + " api_version", this::create);
        endpoints.list("/v1/webhook_endpoints", KIND, "", _ -> _ -> true);
        endpoints.get("/v1/webhook_endpoints/{id}", call -> store.get(KIND, call.id()));
        endpoints.post("/v1/webhook_endpoints/{id}", KNOWN + " disabled", this::update);
        endpoints.delete("/v1/webhook_endpoints/{id}", "", this::delete);
    }

    /** Opens those of an earlier run. */
    public void open() {
        for (var endpoint : store.all(KIND)) {
            if (!JsonNodes.flag(endpoint, "deleted")) {
                open(endpoint);
            }
        }
    }

    private ObjectNode create(ApiCall call) {
        var params = call.params();
        if (params.texts("enabled_events").isEmpty()) {
            throw ApiError.missingParam("enabled_events");
        }
        var endpoint = JsonNodes.object();
        endpoint.put("id", ObjectIds.next("we"));
        endpoint.put("object", KIND);
        endpoint.put("api_version", params.text("api_version"));
        endpoint.putNull("application");
        endpoint.put("created", time.now());
        endpoint.putNull("description");
        endpoint.putArray("enabled_events");
        endpoint.put("livemode", false);
        endpoint.putObject("metadata");
        endpoint.put("status", "enabled");
        endpoint.put("url", url(params.require("url")).toString());
        endpoint.put("_secret", "whsec_" + ObjectIds.random(32));
        set(params, endpoint);
        store.save(endpoint);
        // only this response has it
        return JsonNodes.shown(endpoint).put("secret", JsonNodes.textOf(endpoint, "_secret"));
    }

    private ObjectNode update(ApiCall call) {
        var endpoint = store.get(KIND, call.id());
        set(call.params(), endpoint);
        return store.save(endpoint);
    }

    private void set(Params params, ObjectNode endpoint) {
        ObjectFields.of(params, endpoint).texts("description").metadata();
        if (params.has("url")) {
            endpoint.put("url", url(params.require("url")).toString());
        }
        if (params.has("disabled")) {
            endpoint.put("status", params.flag("disabled") ? "disabled" : "enabled");
        }
        if (params.has("enabled_events")) {
            var types = endpoint.putArray("enabled_events");
            params.texts("enabled_events").forEach(types::add);
        }
        open(endpoint);
    }

    private ObjectNode delete(ApiCall call) {
        store.get(KIND, call.id());
        delivery.close(call.id());
        var deleted = JsonNodes.object();
        deleted.put("id", call.id());
        deleted.put("object", KIND);
        deleted.put("deleted", true);
        return store.save(deleted);
    }

    private void open(ObjectNode endpoint) {
        if (!JsonNodes.textOf(endpoint, "status").equals("enabled")) {
            delivery.close(JsonNodes.id(endpoint));
            return;
        }
        List<String> types = new ArrayList<>();
        endpoint.path("enabled_events").forEach(type -> types.add(type.asString()));
        delivery.open(new WebhookEndpoint(
                JsonNodes.id(endpoint),
                URI.create(JsonNodes.textOf(endpoint, "url")),
                JsonNodes.textOf(endpoint, "_secret"),
                types));
    }

    private static URI url(String text) {
        try {
            var url = new URI(text);
            if (url.getHost() != null && List.of("http", "https").contains(url.getScheme())) {
                return url;
            }
        } catch (URISyntaxException e) {
            // reported below
        }
        throw ApiError.invalid("url_invalid", "Invalid URL: An explicit scheme (such as https) must be provided.")
                .param("url");
    }
}
