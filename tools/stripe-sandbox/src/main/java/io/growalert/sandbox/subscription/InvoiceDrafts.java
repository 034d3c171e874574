package io.growalert.sandbox.subscription;

import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.object.Templates;
import io.growalert.sandbox.payment.ChargeResource;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Invoices before they are finalized: their lines, discounts and sums. Previews are made the same way, and not stored. */
final class InvoiceDrafts {
    private final Store store;
    private final EventLog events;
    private final ObjectClock time;
    private final Discounts discounts;

    InvoiceDrafts(Store store, EventLog events, ObjectClock time, Discounts discounts) {
        this.store = store;
        this.events = events;
        this.time = time;
        this.discounts = discounts;
    }

    /**
     * A new draft, stored without an event, so that the subscription can name it first. Invoice items among its lines belong to it from now on.
     *
     * @param owner the subscription, or for an invoice without one the customer, the currency and the settings
     */
    ObjectNode draft(ObjectNode owner, String reason, List<ObjectNode> lines) {
        var invoice = compose(owner, reason, lines);
        for (var line : JsonNodes.objects(invoice.path("lines").path("data"))) {
            claim(invoice, line);
            var details = line.path("parent").path("subscription_item_details");
            if (details.isObject() && !JsonNodes.flag(details, "proration")) {
                owner.withObjectProperty("_paid")
                        .put(JsonNodes.textOf(details, "subscription_item"), Discounts.net(line));
            }
        }
        discounts.use(invoice, owner);
        return store.save(invoice);
    }

    /** The same, not stored and without effects. */
    ObjectNode compose(ObjectNode owner, String reason, List<ObjectNode> lines) {
        var customer = store.get("customer", JsonNodes.textOf(owner, "customer"));
        var invoice = Templates.of(Invoices.KIND, ObjectIds.next("in"), time.of(owner));
        for (var field : List.of("customer", "currency", "test_clock", "collection_method", "default_payment_method")) {
            if (owner.has(field)) {
                invoice.set(field, owner.path(field));
            }
        }
        for (var field : List.of("email", "name", "phone", "address", "tax_exempt", "shipping")) {
            invoice.set("customer_" + field, customer.path(field).deepCopy());
        }
        invoice.put("billing_reason", reason);
        if (SubscriptionLifecycle.KIND.equals(JsonNodes.text(owner, "object"))) {
            var parent = invoice.putObject("parent");
            parent.putNull("quote_details").put("type", "subscription_details");
            var details = parent.putObject("subscription_details");
            details.set("metadata", owner.path("metadata").deepCopy());
            details.put("subscription", JsonNodes.id(owner));
        }
        var list = invoice.withObjectProperty("lines");
        list.put("url", "/v1/invoices/%s/lines".formatted(JsonNodes.id(invoice)));
        for (var line : lines) {
            var copy = line.deepCopy();
            copy.put("invoice", JsonNodes.id(invoice));
            list.withArrayProperty("data").add(copy);
        }
        invoice.put("period_start", time.of(owner)).put("period_end", time.of(owner));
        sum(invoice, discounts.take(invoice, owner), JsonNodes.number(customer, "balance"));
        return invoice;
    }

    /** Adds a line to a draft that has no subscription. */
    void add(ObjectNode invoice, ObjectNode line) {
        line.put("invoice", JsonNodes.id(invoice));
        invoice.withObjectProperty("lines").withArrayProperty("data").add(line);
        claim(invoice, line);
        var customer = store.get("customer", JsonNodes.textOf(invoice, "customer"));
        events.changed(invoice, "invoice.updated", changed -> {
            changed.set("currency", line.path("currency"));
            sum(changed, 0, JsonNodes.number(customer, "balance"));
        });
    }

    private void claim(ObjectNode invoice, ObjectNode line) {
        var parent = line.path("parent");
        for (var details : List.of("invoice_item_details", "subscription_item_details")) {
            var item = store.find("invoiceitem", JsonNodes.text(parent.path(details), "invoice_item"));
            if (item != null) {
                events.changed(item, "invoiceitem.updated", changed -> changed.put("invoice", JsonNodes.id(invoice)));
            }
        }
    }

    /**
     * The customer's credit pays first. What an invoice owes the customer, and what is too little to be charged, moves to the
     * customer's balance when it is finalized.
     */
    private static void sum(ObjectNode invoice, long discount, long balance) {
        var subtotal = JsonNodes.objects(invoice.path("lines").path("data")).stream()
                .mapToLong(line -> JsonNodes.number(line, "amount"))
                .sum();
        var total = subtotal - discount;
        invoice.put("subtotal", subtotal).put("subtotal_excluding_tax", subtotal);
        invoice.put("total", total).put("total_excluding_tax", total);
        var due = total + balance < ChargeResource.LEAST ? 0 : total + balance;
        invoice.put("starting_balance", balance);
        invoice.put("amount_due", due).put("amount_remaining", due);
    }
}
