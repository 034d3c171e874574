package io.growalert.sandbox.subscription;

import io.growalert.sandbox.customer.CustomerResource;
import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.Expander;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectFields;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.payment.Confirmation;
import io.growalert.sandbox.payment.PaymentChecks;
import io.growalert.sandbox.payment.PaymentMethodResource;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/** Invoices and their payments as the API shows them. */
final class InvoiceResource {
    private static final String KIND = Invoices.KIND;
    private static final String AUTOMATIC = "charge_automatically";
    private static final String CREATED = """
            customer currency description metadata* auto_advance collection_method days_until_due default_payment_method
            pending_invoice_items_behavior
            """;

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;
    private final Invoices invoices;
    private final InvoiceDrafts drafts;
    private final InvoiceItemResource waiting;
    private final CustomerResource customers;
    private final PaymentMethodResource methods;

    InvoiceResource(SubscriptionParts parts) {
        store = parts.store();
        events = parts.events();
        time = parts.time();
        invoices = parts.invoices();
        drafts = parts.drafts();
        waiting = parts.waiting();
        customers = parts.customers();
        methods = parts.methods();
    }

    void routes(ResourceRoutes endpoints, Expander expand) {
        endpoints.list("/v1/invoices", KIND, "customer subscription status collection_method", call -> {
            var params = call.params();
            var customer = params.text("customer");
            var status = params.text("status");
            var subscription = params.text("subscription");
            return invoice -> (customer == null || customer.equals(JsonNodes.text(invoice, "customer")))
                    && (status == null || status.equals(JsonNodes.text(invoice, "status")))
                    && (subscription == null || subscription.equals(subscription(invoice)));
        });
        endpoints.post("/v1/invoices", CREATED, this::create);
        endpoints.search("/v1/invoices/search", KIND, "created currency customer metadata number status total");
        endpoints.get("/v1/invoices/{id}", call -> store.get(KIND, call.id()));
        endpoints.post("/v1/invoices/{id}/finalize", "auto_advance", call -> {
            var invoice = draft(call);
            invoices.finish(invoice, "Invoice");
            return invoice;
        });
        endpoints.delete("/v1/invoices/{id}", "", call -> {
            events.emit("invoice.deleted", draft(call), null);
            return store.save(
                    JsonNodes.object().put("id", call.id()).put("object", KIND).put("deleted", true));
        });
        endpoints.post("/v1/invoices/{id}/send", "", call -> {
            var invoice = store.get(KIND, call.id());
            if ("draft".equals(JsonNodes.text(invoice, "status"))) {
                invoices.finish(invoice, "Invoice");
            }
            events.emit("invoice.sent", invoice, null);
            return invoice;
        });
        endpoints.get("/v1/invoices/{id}/lines", call -> {
            var lines = store.get(KIND, call.id()).path("lines").path("data");
            return ResourceRoutes.all(call.path(), JsonNodes.objects(lines));
        });
        endpoints.post("/v1/invoices/{id}", "metadata* description default_payment_method auto_advance", call -> {
            var invoice = store.get(KIND, call.id());
            events.changed(invoice, "invoice.updated", changed -> ObjectFields.of(call.params(), changed)
                    .texts("description", "default_payment_method")
                    .flags("auto_advance")
                    .metadata());
            return invoice;
        });
        endpoints.post("/v1/invoices/{id}/pay", "payment_method off_session paid_out_of_band", this::pay);
        endpoints.post("/v1/invoices/{id}/void", "", call -> {
            var invoice = open(call, "void");
            if (invoices.isProcessing(invoice)) {
                throw ApiError.invalid("You cannot void an invoice while its payment is processing.");
            }
            invoices.giveUp(invoice);
            return invoice;
        });
        endpoints.post("/v1/invoices/{id}/mark_uncollectible", "", call -> {
            var invoice = open(call, "mark as uncollectible");
            invoice.put("status", "uncollectible").put("auto_advance", false);
            invoice.withObjectProperty("status_transitions").put("marked_uncollectible_at", time.of(invoice));
            store.save(invoice);
            events.emit("invoice.marked_uncollectible", invoice, null);
            return invoice;
        });
        endpoints.list(
                "/v1/invoice_payments",
                "invoice_payment",
                "invoice status payment[type] payment[payment_intent]",
                call -> {
                    var params = call.params();
                    var invoice = params.text("invoice");
                    var status = params.text("status");
                    var intent = params.child("payment").text("payment_intent");
                    return payment -> (invoice == null || invoice.equals(JsonNodes.text(payment, "invoice")))
                            && (status == null || status.equals(JsonNodes.text(payment, "status")))
                            && (intent == null
                                    || intent.equals(JsonNodes.text(payment.path("payment"), "payment_intent")));
                });
        endpoints.get("/v1/invoice_payments/{id}", call -> store.get("invoice_payment", call.id()));
        expand.onRequest(KIND, "confirmation_secret", shown -> {
            var invoice = store.get(KIND, JsonNodes.id(shown));
            if (!invoice.has("_intent")) {
                return NullNode.getInstance();
            }
            var secret = JsonNodes.object();
            secret.set("client_secret", invoices.intent(invoice).path("client_secret"));
            secret.put("type", "payment_intent");
            return secret;
        });
        expand.onRequest(KIND, "payments", shown -> {
            var payment =
                    store.find("invoice_payment", JsonNodes.text(store.get(KIND, JsonNodes.id(shown)), "_payment"));
            var url = "/v1/invoice_payments?invoice=" + JsonNodes.id(shown);
            return ResourceRoutes.all(url, payment == null ? List.of() : List.of(payment));
        });
    }

    /** The subscription of an invoice; null when it has none. */
    static @Nullable String subscription(ObjectNode invoice) {
        return JsonNodes.text(invoice.path("parent").path("subscription_details"), "subscription");
    }

    /** An invoice of what waits for one, without a subscription. */
    private ObjectNode create(ApiCall call) {
        var params = call.params();
        var customer = customers.named(params.require("customer"), "customer");
        var collection = params.oneOf("collection_method", AUTOMATIC, AUTOMATIC, "send_invoice");
        var included = params.oneOf("pending_invoice_items_behavior", "exclude", "exclude", "include")
                .equals("include");
        var owner = JsonNodes.object();
        owner.set("customer", customer.path("id"));
        owner.set("test_clock", customer.path("test_clock"));
        owner.put("collection_method", collection);
        var own = JsonNodes.text(customer, "currency");
        var currency = params.text("currency", own == null ? "usd" : own);
        owner.put("currency", currency);
        var invoice =
                drafts.draft(owner, "manual", included ? waiting.lines(JsonNodes.id(customer), currency) : List.of());
        ObjectFields.of(params, invoice)
                .texts("description", "default_payment_method")
                .flags("auto_advance")
                .metadata();
        if (collection.equals("send_invoice")) {
            invoice.put(
                    "due_date",
                    time.of(invoice)
                            + Duration.ofDays(params.number("days_until_due", 30))
                                    .toSeconds());
        }
        return events.created(invoice, "invoice.created");
    }

    private ObjectNode draft(ApiCall call) {
        var invoice = store.get(KIND, call.id());
        if (!"draft".equals(JsonNodes.text(invoice, "status"))) {
            throw ApiError.invalid("invoice_not_editable", "This invoice is already finalized, you can't do that.");
        }
        return invoice;
    }

    private ObjectNode open(ApiCall call, String purpose) {
        var invoice = store.get(KIND, call.id());
        if (!Invoices.isOpen(invoice)) {
            throw ApiError.invalid("You can only %s an invoice if it is open. This invoice has a status of %s."
                    .formatted(purpose, JsonNodes.textOf(invoice, "status")));
        }
        return invoice;
    }

    private ObjectNode pay(ApiCall call) {
        var invoice = store.get(KIND, call.id());
        if ("paid".equals(JsonNodes.text(invoice, "status"))) {
            throw ApiError.invalid("Invoice is already paid");
        }
        if ("draft".equals(JsonNodes.text(invoice, "status"))) {
            invoices.finish(invoice, "Invoice");
            if (!Invoices.isOpen(invoice)) {
                return invoice;
            }
        }
        open(call, "pay");
        if (call.params().flag("paid_out_of_band")) {
            invoices.paidElsewhere(invoice);
            return invoice;
        }
        var method = method(call, invoice);
        PaymentChecks.checkOwner(invoices.intent(invoice), method);
        var failed =
                invoices.pay(invoice, method, Confirmation.inPage(call.params().flag("off_session")));
        if (failed != null) {
            throw failed;
        }
        if (Invoices.isOpen(invoice)) {
            throw ApiError.card(
                            "invoice_payment_intent_requires_action",
                            null,
                            "This payment requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice.")
                    .with("payment_intent", invoices.intent(invoice));
        }
        return invoice;
    }

    private ObjectNode method(ApiCall call, ObjectNode invoice) {
        var asked = call.params().text("payment_method");
        if (asked != null) {
            return methods.named(asked, "payment_method");
        }
        var subscription = store.find(SubscriptionLifecycle.KIND, subscription(invoice));
        for (var holder : subscription == null ? List.of(invoice) : List.of(invoice, subscription)) {
            var own = JsonNodes.text(holder, "default_payment_method");
            if (own != null) {
                return methods.named(own, "payment_method");
            }
        }
        var method = methods.defaultOf(store.get("customer", JsonNodes.textOf(invoice, "customer")));
        if (method == null) {
            throw SubscriptionResource.noMethod();
        }
        return method;
    }
}
