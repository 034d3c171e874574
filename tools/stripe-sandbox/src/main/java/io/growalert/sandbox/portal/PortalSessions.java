package io.growalert.sandbox.portal;

import io.growalert.sandbox.customer.CustomerResource;
import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.ApiResponse;
import io.growalert.sandbox.http.ApiRoutes;
import io.growalert.sandbox.http.HtmlPage;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** Sessions of the customer portal. Their page shows what the customer has and leads back; nothing can be changed on it. */
public final class PortalSessions {
    private static final String KIND = "billing_portal.session";
    /** Stripe's own sessions expire after a short time that is not published. */
    private static final long GOOD_FOR = Duration.ofMinutes(5).toSeconds();

    private final Store store;
    private final ObjectClock time;
    private final CustomerResource customers;
    private final Supplier<URI> base;

    /** @param base the sandbox's address, known once it listens */
    public PortalSessions(Store store, ObjectClock time, CustomerResource customers, Supplier<URI> base) {
        this.store = store;
        this.time = time;
        this.customers = customers;
        this.base = base;
    }

    public void routes(ResourceRoutes endpoints, ApiRoutes open) {
        endpoints.post("/v1/billing_portal/sessions", "customer return_url locale", this::create);
        open.open("GET", "/p/session/{id}/{secret}", this::page);
    }

    private ObjectNode create(ApiCall call) {
        var params = call.params();
        var customer = customers.named(params.require("customer"), "customer");
        var back = params.text("return_url");
        if (back != null && !back.matches("https?://.+")) {
            throw ApiError.invalid("url_invalid", "Not a valid URL").param("return_url");
        }
        var session = JsonNodes.object();
        var id = ObjectIds.next("bps");
        var secret = "test_" + ObjectIds.random(32);
        session.put("id", id).put("object", KIND);
        session.put("configuration", "bpc_sandbox");
        session.put("created", time.now());
        session.put("customer", JsonNodes.id(customer)).putNull("customer_account");
        session.putNull("flow").put("livemode", false).put("locale", params.text("locale"));
        session.putNull("on_behalf_of").put("return_url", back);
        session.put("url", "%s/p/session/%s/%s".formatted(base.get(), id, secret));
        session.put("_secret", secret);
        return store.save(session);
    }

    private ApiResponse page(ApiCall call) {
        var session = store.find(KIND, call.id());
        if (session == null
                || !session.path("_secret").asString("").equals(call.variables().get("secret"))
                || JsonNodes.number(session, "created") + GOOD_FOR < time.now()) {
            return HtmlPage.notFound();
        }
        var customer = JsonNodes.textOf(session, "customer");
        var subscriptions = store.all("subscription").stream()
                .filter(each -> customer.equals(JsonNodes.text(each, "customer")))
                .map(each -> "<li>%s: %s</li>".formatted(JsonNodes.id(each), JsonNodes.textOf(each, "status")))
                .collect(Collectors.joining());
        var invoices = store.all("invoice").stream()
                .filter(each -> customer.equals(JsonNodes.text(each, "customer"))
                        && !JsonNodes.isNull(each, "hosted_invoice_url"))
                .map(each -> "<li><a href=\"%s\">%s</a>: %s</li>"
                        .formatted(
                                HtmlPage.escape(JsonNodes.textOf(each, "hosted_invoice_url")),
                                HtmlPage.escape(each.path("number").asString("")),
                                JsonNodes.textOf(each, "status")))
                .collect(Collectors.joining());
        var back = JsonNodes.text(session, "return_url");
        return HtmlPage.of(
                200,
                "Customer portal",
                "<h2>Subscriptions</h2><ul>%s</ul><h2>Invoices</h2><ul>%s</ul>%s"
                        .formatted(
                                subscriptions,
                                invoices,
                                back == null
                                        ? ""
                                        : "<p><a href=\"%s\">Return</a></p>".formatted(HtmlPage.escape(back))));
    }
}
