package io.growalert.sandbox.payment;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.ApiResponse;
import io.growalert.sandbox.http.ApiRoutes;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.Store;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import tools.jackson.databind.node.ObjectNode;

/** The page of a bank, to which some cards lead the browser, and which leads it back to the shop's. */
public final class BankPages {
    private static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>A bank's test page</title>
            <style>body{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:2rem auto;padding:0 1rem}
            button{font:inherit;padding:.5rem 1rem;margin:0 .5rem .5rem 0}</style>
            <h1>A bank's test page</h1>
            <p>Your bank would ask you to confirm this. stripe-sandbox: no money moves.</p>
            <form method="post">
            <button name="success" value="true">Complete authentication</button>
            <button name="success" value="false">Fail authentication</button>
            </form>
            </html>
            """;

    private final Store store;

    public BankPages(Store store) {
        this.store = store;
    }

    public void routes(ApiRoutes routes, Payments payments, SetupIntentResource setups) {
        page(routes, "payment_intent", payments::authenticate);
        page(routes, "setup_intent", setups::authenticate);
    }

    /** Where the page for an intent is, within the sandbox. */
    public static String pageOf(ObjectNode intent) {
        return "/sandbox/%ss/%s/bank".formatted(JsonNodes.textOf(intent, "object"), JsonNodes.id(intent));
    }

    private void page(ApiRoutes routes, String kind, BiConsumer<ObjectNode, Boolean> authenticate) {
        var path = "/sandbox/%ss/{id}/bank".formatted(kind);
        routes.open("GET", path, _ -> ApiResponse.text(200, "text/html; charset=utf-8", PAGE));
        routes.open("POST", path, call -> {
            var intent = store.get(kind, call.id());
            var back = returnUrl(intent);
            authenticate.accept(intent, call.params().text("success", "true").equals("true"));
            return ApiResponse.text(303, "text/plain", "").with("Location", back(back, kind, intent));
        });
    }

    private static String returnUrl(ObjectNode intent) {
        var url = intent.path("next_action").path("redirect_to_url").path("return_url");
        if (!url.isString()) {
            throw ApiError.invalid("This intent leads to no bank.");
        }
        return url.asString();
    }

    private static String back(String url, String kind, ObjectNode intent) {
        var paid = !"requires_payment_method".equals(JsonNodes.text(intent, "status"));
        return url + (url.contains("?") ? "&" : "?") + kind + "=" + JsonNodes.id(intent) + "&" + kind
                + "_client_secret="
                + URLEncoder.encode(JsonNodes.textOf(intent, "client_secret"), StandardCharsets.UTF_8)
                + "&redirect_status=" + (paid ? "succeeded" : "failed");
    }
}
