package io.growalert.sandbox.subscription;

import io.growalert.sandbox.customer.CustomerResource;
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
import io.growalert.sandbox.object.Templates;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Invoice items: amounts that wait for a customer's next invoice, prorations among them. */
final class InvoiceItemResource {
    private static final String KIND = "invoiceitem";
    private static final String KNOWN = "amount description discountable metadata* quantity period[start] period[end]";

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;
    private final CustomerResource customers;
    private final Catalog catalog;
    private final InvoiceDrafts drafts;

    InvoiceItemResource(
            Store store,
            EventLog events,
            ObjectClock time,
            CustomerResource customers,
            Catalog catalog,
            InvoiceDrafts drafts) {
        this.store = store;
        this.events = events;
        this.time = time;
        this.customers = customers;
        this.catalog = catalog;
        this.drafts = drafts;
    }

    void routes(ResourceRoutes endpoints) {
        endpoints.post(
                "/v1/invoiceitems", KNOWN + " customer currency invoice subscription pricing[price]", this::create);
        endpoints.list("/v1/invoiceitems", KIND, "customer invoice pending", call -> {
            var params = call.params();
            var customer = params.text("customer");
            var invoice = params.text("invoice");
            return item -> (customer == null || customer.equals(JsonNodes.text(item, "customer")))
                    && (invoice == null || invoice.equals(JsonNodes.text(item, "invoice")))
                    && (!params.has("pending") || params.flag("pending") == JsonNodes.isNull(item, "invoice"));
        });
        endpoints.get("/v1/invoiceitems/{id}", call -> store.get(KIND, call.id()));
        endpoints.post("/v1/invoiceitems/{id}", KNOWN, this::update);
        endpoints.delete("/v1/invoiceitems/{id}", "", call -> {
            var item = waiting(call.id());
            events.emit("invoiceitem.deleted", item, null);
            return store.save(
                    JsonNodes.object().put("id", call.id()).put("object", KIND).put("deleted", true));
        });
    }

    /** The lines that wait for the next invoice of a subscription. */
    List<ObjectNode> lines(ObjectNode subscription) {
        return lines(item -> subscription.path("customer").equals(item.path("customer"))
                && subscription.path("currency").equals(item.path("currency"))
                && (subscriptionOf(item) == null || JsonNodes.id(subscription).equals(subscriptionOf(item))));
    }

    /** The lines of a customer that wait for no subscription's invoice. */
    List<ObjectNode> lines(String customer, String currency) {
        return lines(item -> customer.equals(JsonNodes.text(item, "customer"))
                && currency.equals(JsonNodes.text(item, "currency"))
                && subscriptionOf(item) == null);
    }

    private List<ObjectNode> lines(Predicate<ObjectNode> which) {
        return store.kind(KIND).values().stream()
                .filter(item -> !JsonNodes.flag(item, "deleted") && JsonNodes.isNull(item, "invoice"))
                .filter(which)
                .map(InvoiceItemResource::line)
                .toList();
    }

    /** These lines wait for the next invoice. */
    void defer(ObjectNode subscription, List<ObjectNode> lines) {
        for (var line : lines) {
            var item = Templates.of(KIND, ObjectIds.next("ii"), 0);
            for (var field : List.of("amount", "currency", "description", "quantity", "period", "pricing")) {
                item.set(field, line.path(field).deepCopy());
            }
            item.set("customer", subscription.path("customer"));
            item.set("test_clock", subscription.path("test_clock"));
            item.put("date", time.of(subscription)).put("discountable", false).put("proration", true);
            item.set("net_amount", line.path("amount"));
            item.put("quantity_decimal", String.valueOf(JsonNodes.number(line, "quantity")));
            var details =
                    item.putObject("parent").put("type", "subscription_details").putObject("subscription_details");
            details.put("subscription", JsonNodes.id(subscription));
            details.set(
                    "subscription_item",
                    line.path("parent").path("subscription_item_details").path("subscription_item"));
            events.created(item, "invoiceitem.created");
        }
    }

    private static @Nullable String subscriptionOf(ObjectNode item) {
        return JsonNodes.text(item.path("parent").path("subscription_details"), "subscription");
    }

    private static ObjectNode line(ObjectNode item) {
        var line = Templates.of("line_item", ObjectIds.next("il"), 0);
        for (var field : List.of(
                "amount", "currency", "description", "discountable", "metadata", "period", "pricing", "quantity")) {
            line.set(field, item.path(field).deepCopy());
        }
        line.set("subtotal", item.path("amount"));
        var parent = line.putObject("parent");
        var proration = JsonNodes.flag(item, "proration");
        var details = parent.putObject(proration ? "subscription_item_details" : "invoice_item_details");
        details.put("invoice_item", JsonNodes.id(item)).put("proration", proration);
        details.putObject("proration_details").putNull("credited_items");
        details.put("subscription", subscriptionOf(item));
        if (proration) {
            details.set(
                    "subscription_item",
                    item.path("parent").path("subscription_details").path("subscription_item"));
        }
        parent.putNull(proration ? "invoice_item_details" : "subscription_item_details");
        parent.put("type", proration ? "subscription_item_details" : "invoice_item_details");
        return line;
    }

    private ObjectNode create(ApiCall call) {
        var params = call.params();
        var customer = customers.named(params.require("customer"), "customer");
        var item = Templates.of(KIND, ObjectIds.next("ii"), 0);
        var now = time.of(customer);
        item.set("customer", customer.path("id"));
        item.set("test_clock", customer.path("test_clock"));
        item.put("date", now);
        item.withObjectProperty("period").put("start", now).put("end", now);
        var priced = params.child("pricing").text("price");
        if (priced == null) {
            item.put("currency", params.require("currency").toLowerCase(Locale.ROOT));
            params.require("amount");
        } else {
            price(item, catalog.named(priced, "pricing[price]"), params);
        }
        set(params, item);
        var subscription = params.text("subscription");
        if (subscription != null) {
            if (store.find(SubscriptionLifecycle.KIND, subscription) == null) {
                throw ApiError.refersToNone("subscription", subscription, "subscription");
            }
            item.putObject("parent")
                    .put("type", "subscription_details")
                    .putObject("subscription_details")
                    .put("subscription", subscription);
        }
        var into = params.text("invoice");
        var invoice = into == null ? null : store.find(Invoices.KIND, into);
        if (into != null && invoice == null) {
            throw ApiError.refersToNone("invoice", into, "invoice");
        }
        if (invoice != null && !"draft".equals(JsonNodes.text(invoice, "status"))) {
            throw ApiError.invalid("invoice_not_editable", "This invoice is no longer editable")
                    .param("invoice");
        }
        events.created(item, "invoiceitem.created");
        if (invoice != null) {
            drafts.add(invoice, line(item));
        }
        return item;
    }

    private static void price(ObjectNode item, ObjectNode price, Params params) {
        if (!JsonNodes.isNull(price, "recurring")) {
            throw ApiError.invalid(
                            "The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.")
                    .param("pricing[price]");
        }
        item.set("currency", price.path("currency"));
        item.put("amount", JsonNodes.number(price, "unit_amount") * params.number("quantity", 1));
        item.set("pricing", SubscriptionItems.pricing(price, JsonNodes.textOf(price, "unit_amount_decimal")));
    }

    private ObjectNode update(ApiCall call) {
        var item = waiting(call.id());
        events.changed(item, "invoiceitem.updated", changed -> set(call.params(), changed));
        return item;
    }

    private ObjectNode waiting(String id) {
        var item = store.get(KIND, id);
        if (!JsonNodes.isNull(item, "invoice")) {
            throw ApiError.invalid(
                    "invoice_not_editable", "This invoice item belongs to an invoice and is no longer editable");
        }
        return item;
    }

    private static void set(Params params, ObjectNode item) {
        ObjectFields.of(params, item)
                .texts("description")
                .numbers("amount", "quantity")
                .flags("discountable")
                .metadata();
        ObjectFields.of(params.child("period"), item.withObjectProperty("period"))
                .numbers("start", "end");
        item.set("net_amount", item.path("amount"));
        item.put("quantity_decimal", String.valueOf(JsonNodes.number(item, "quantity")));
    }
}
