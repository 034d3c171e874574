package io.growalert.sandbox.server;

import io.growalert.sandbox.fault.FaultJson;
import io.growalert.sandbox.fault.Faults;
import io.growalert.sandbox.http.ApiResponse;
import io.growalert.sandbox.http.ApiRoutes;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.webhook.WebhookDelivery;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** The sandbox's own addresses, which Stripe does not have: its state and its faults. */
public final class ControlApi {
    private final Store store;
    private final Faults faults;
    private final WebhookDelivery delivery;

    public ControlApi(Store store, Faults faults, WebhookDelivery delivery) {
        this.store = store;
        this.faults = faults;
        this.delivery = delivery;
    }

    public void routes(ApiRoutes routes) {
        routes.open("GET", "/sandbox", _ -> page());
        routes.open("GET", "/sandbox/status", _ -> ApiResponse.json(200, status()));
        routes.open("GET", "/sandbox/faults", _ -> faults());
        routes.open("POST", "/sandbox/faults", call -> {
            FaultJson.add(faults, call.body());
            return faults();
        });
        routes.open("DELETE", "/sandbox/faults", _ -> {
            faults.clear();
            return faults();
        });
    }

    private ApiResponse faults() {
        return ApiResponse.json(200, FaultJson.all(faults));
    }

    private ApiResponse page() {
        var text = status().toPrettyString().replace("&", "&amp;").replace("<", "&lt;");
        return ApiResponse.text(200, "text/html; charset=utf-8", """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <title>stripe-sandbox</title>
            <style>body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}</style>
            <h1>stripe-sandbox: no money moves</h1>
            <p>The same as JSON: <a href="/sandbox/status">/sandbox/status</a>.</p>
            <pre>%s</pre>
            </html>
            """.formatted(text));
    }

    private ObjectNode status() {
        var status = JsonNodes.object();
        var objects = status.putObject("objects");
        new TreeMap<>(store.counts()).forEach(objects::put);
        var webhooks = status.putObject("webhooks");
        webhooks.put("undelivered_events", delivery.undelivered());
        var endpoints = webhooks.putArray("endpoints");
        delivery.waiting().forEach((endpoint, waiting) -> endpoints
                .addObject()
                .put("id", endpoint.id())
                .put("url", endpoint.url().toString())
                .put("waiting", waiting));
        status.setAll(FaultJson.all(faults));
        return status;
    }
}
