package io.growalert.sandbox.payment;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiResponse;
import io.growalert.sandbox.http.ApiRoutes;
import io.growalert.sandbox.http.HtmlPage;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.Store;
import java.net.URI;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** The page with the receipt of a charge. */
public final class Receipts {
    private static final String SECRET = "_receipt";

    private final Store store;
    private final Supplier<URI> base;

    /** @param base the sandbox's address, known once it listens */
    public Receipts(Store store, Supplier<URI> base) {
        this.store = store;
        this.base = base;
    }

    public void routes(ApiRoutes routes) {
        routes.open("GET", "/receipts/{id}/{secret}", this::page);
    }

    void publish(ObjectNode charge) {
        var secret = ObjectIds.random(32);
        charge.put(SECRET, secret);
        charge.put("receipt_url", "%s/receipts/%s/%s".formatted(base.get(), JsonNodes.id(charge), secret));
    }

    private ApiResponse page(ApiCall call) {
        var charge = store.find("charge", call.id());
        if (charge == null
                || !charge.path(SECRET).asString("").equals(call.variables().get("secret"))) {
            return HtmlPage.notFound();
        }
        var currency = JsonNodes.textOf(charge, "currency");
        var refunded = JsonNodes.number(charge, "amount_refunded");
        return HtmlPage.of(
                200,
                "Receipt",
                "<p>Paid: %s</p>%s<p>%s</p>"
                        .formatted(
                                HtmlPage.amount(JsonNodes.number(charge, "amount_captured"), currency),
                                refunded == 0
                                        ? ""
                                        : "<p>Refunded: %s</p>".formatted(HtmlPage.amount(refunded, currency)),
                                HtmlPage.escape(charge.path("description").asString(""))));
    }
}
