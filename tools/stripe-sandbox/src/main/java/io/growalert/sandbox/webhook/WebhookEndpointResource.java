package io.growalert.sandbox.webhook;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectFields;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Webhook endpoints: those that are created through the API, and the one of the options. */
public final class WebhookEndpointResource {
    private static final String KIND = "webhook_endpoint";
    /** The endpoint of the options. */
    private static final String CONFIGURED = "we_sandbox";

    private static final Pattern EVENT_TYPE = Pattern.compile("\\*|[a-z_]+(\\.[a-z_]+)+");
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

    /** Creates the endpoint of the options, which receives every event, or changes or deletes that of an earlier run. */
    public void configure(@Nullable URI url, String secret) {
        var before = store.find(KIND, CONFIGURED);
        if (url == null) {
            if (before != null) {
                store.save(before.put("deleted", true));
            }
            return;
        }
        var endpoint = endpoint(CONFIGURED, url);
        endpoint.put("api_version", EventLog.API_VERSION);
        endpoint.withArray("enabled_events").add("*");
        endpoint.put("_secret", secret);
        store.save(endpoint);
    }

    /** Opens those of an earlier run, and the one of the options. */
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
        var endpoint = endpoint(ObjectIds.next("we"), url(params.require("url")));
        endpoint.put("api_version", params.text("api_version"));
        endpoint.put("_secret", "whsec_" + ObjectIds.random(32));
        set(params, endpoint);
        store.save(endpoint);
        // only this response has it
        return JsonNodes.shown(endpoint).put("secret", JsonNodes.textOf(endpoint, "_secret"));
    }

    private ObjectNode endpoint(String id, URI url) {
        var endpoint = JsonNodes.object();
        endpoint.put("id", id);
        endpoint.put("object", KIND);
        endpoint.putNull("api_version");
        endpoint.putNull("application");
        endpoint.put("created", time.now());
        endpoint.putNull("description");
        endpoint.putArray("enabled_events");
        endpoint.put("livemode", false);
        endpoint.putObject("metadata");
        endpoint.put("status", "enabled");
        endpoint.put("url", url.toString());
        return endpoint;
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
            params.texts("enabled_events").forEach(type -> types.add(eventType(type)));
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

    private static String eventType(String type) {
        if (!EVENT_TYPE.matcher(type).matches()) {
            throw ApiError.invalid(
                            "Invalid enabled_events: '%s' is no type of events; wildcards other than '*' are not supported."
                                    .formatted(type))
                    .param("enabled_events");
        }
        return type;
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
