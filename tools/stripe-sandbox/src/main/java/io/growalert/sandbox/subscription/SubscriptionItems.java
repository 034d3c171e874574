package io.growalert.sandbox.subscription;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import io.growalert.sandbox.object.ObjectFields;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.object.Templates;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/** The items of a subscription, each a price and a quantity, and the lines that they make on an invoice. */
final class SubscriptionItems {
    static final String KNOWN = " items items[][price] items[][quantity] items[][metadata]*";

    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("dd MMM yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final Store store;
    private final Catalog catalog;

    SubscriptionItems(Store store, Catalog catalog) {
        this.store = store;
        this.catalog = catalog;
    }

    static List<ObjectNode> of(ObjectNode subscription) {
        return JsonNodes.objects(subscription.path("items").path("data"));
    }

    static ObjectNode price(ObjectNode item) {
        return (ObjectNode) item.path("price");
    }

    static long periodStart(ObjectNode subscription) {
        return JsonNodes.number(of(subscription).getFirst(), "current_period_start");
    }

    static long periodEnd(ObjectNode subscription) {
        return JsonNodes.number(of(subscription).getFirst(), "current_period_end");
    }

    static void period(ObjectNode subscription, long start, long end) {
        for (var item : of(subscription)) {
            item.put("current_period_start", start).put("current_period_end", end);
        }
    }

    /** What all items cost for one period. */
    static long total(List<ObjectNode> items) {
        return items.stream().mapToLong(SubscriptionItems::amount).sum();
    }

    static long amount(ObjectNode item) {
        return JsonNodes.number(price(item), "unit_amount") * JsonNodes.number(item, "quantity");
    }

    /**
     * Adds, changes and removes items as a request says, which names an item by its id or adds a new one.
     *
     * @throws ApiError 400 for a price that is unknown, inactive, one-time, there twice or in another currency
     */
    void apply(ObjectNode subscription, List<Params> changes, long now) {
        var items = new ArrayList<>(of(subscription));
        for (var change : changes) {
            var id = change.text("id");
            if (id == null) {
                items.add(create(subscription, change, now));
                continue;
            }
            var item = items.stream()
                    .filter(one -> id.equals(JsonNodes.text(one, "id")))
                    .findFirst()
                    .orElseThrow(() -> ApiError.refersToNone("subscription item", id, change.path("id")));
            if (change.flag("deleted")) {
                items.remove(item);
            } else {
                change(item, change);
            }
        }
        if (items.isEmpty()) {
            throw ApiError.invalid(
                    "A subscription must have at least one active plan. To cancel the subscription, please use the cancel API endpoint on a subscription.");
        }
        var prices = items.stream().map(item -> JsonNodes.id(price(item))).toList();
        if (prices.stream().distinct().count() < prices.size()) {
            throw ApiError.invalid("You cannot subscribe to the same price more than once.")
                    .param("items");
        }
        if (items.stream()
                        .map(item -> JsonNodes.text(price(item), "currency"))
                        .distinct()
                        .count()
                > 1) {
            throw ApiError.invalid("Currency mismatch: all prices of a subscription must have the same currency.")
                    .param("items");
        }
        if (items.stream()
                        .map(item -> price(item).path("recurring").path("interval"))
                        .distinct()
                        .count()
                > 1) {
            throw ApiError.invalid("All prices of a subscription must have the same billing interval in the sandbox.")
                    .param("items");
        }
        var list = subscription.withObjectProperty("items");
        list.put("url", "/v1/subscription_items?subscription=" + JsonNodes.id(subscription));
        var data = list.putArray("data");
        items.forEach(data::add);
        subscription.set("currency", price(items.getFirst()).path("currency"));
    }

    private ObjectNode create(ObjectNode subscription, Params params, long now) {
        var item = Templates.of("subscription_item", "si_" + ObjectIds.random(14), now);
        item.put("subscription", JsonNodes.id(subscription));
        params.require("price");
        change(item, params);
        return item;
    }

    private void change(ObjectNode item, Params params) {
        var id = params.text("price");
        if (id != null) {
            var price = catalog.named(id, params.path("price"));
            if (!JsonNodes.flag(price, "active")) {
                throw ApiError.invalid("The price specified is inactive. This field only accepts active prices.")
                        .param(params.path("price"));
            }
            if (JsonNodes.isNull(price, "recurring")) {
                throw ApiError.invalid(
                                "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.")
                        .param(params.path("price"));
            }
            item.set("price", JsonNodes.shown(price));
            item.set("plan", plan(price));
        }
        var quantity = params.number("quantity");
        if (quantity != null) {
            if (quantity < 0) {
                throw ApiError.invalid("parameter_invalid_integer", "This value must be greater than or equal to 0.")
                        .param(params.path("quantity"));
            }
            item.put("quantity", quantity);
        }
        ObjectFields.of(params, item).metadata();
    }

    /** The price as it was shown before there were prices. */
    private static ObjectNode plan(ObjectNode price) {
        var plan = Templates.part("plan");
        for (var field : List.of("id", "active", "billing_scheme", "created", "currency", "nickname", "product")) {
            plan.set(field, price.path(field));
        }
        plan.set("metadata", price.path("metadata").deepCopy());
        plan.set("amount", price.path("unit_amount"));
        plan.set("amount_decimal", price.path("unit_amount_decimal"));
        plan.set("interval", price.path("recurring").path("interval"));
        plan.set("interval_count", price.path("recurring").path("interval_count"));
        return plan;
    }

    /** A line for each item's period, free of charge while on trial. */
    List<ObjectNode> lines(ObjectNode subscription, boolean trial) {
        var lines = new ArrayList<ObjectNode>();
        for (var item : of(subscription)) {
            var price = price(item);
            var quantity = JsonNodes.number(item, "quantity");
            var line = Templates.of("line_item", ObjectIds.next("il"), 0);
            var amount = trial ? 0 : amount(item);
            line.put("amount", amount).put("subtotal", amount).put("quantity", quantity);
            line.set("currency", price.path("currency"));
            line.put(
                    "description",
                    trial
                            ? "Trial period for " + product(price)
                            : "%d × %s (at %.2f / %s)"
                                    .formatted(
                                            quantity,
                                            product(price),
                                            JsonNodes.number(price, "unit_amount") / 100.0,
                                            JsonNodes.text(price.path("recurring"), "interval")));
            line.withObjectProperty("period")
                    .put("start", JsonNodes.number(item, "current_period_start"))
                    .put("end", JsonNodes.number(item, "current_period_end"));
            line.set("parent", parent(item, false));
            line.set("pricing", pricing(price, trial ? "0" : JsonNodes.textOf(price, "unit_amount_decimal")));
            lines.add(line);
        }
        return lines;
    }

    /** A line for a part of a period that was used differently than it was paid for; negative for what is given back. */
    ObjectNode proration(ObjectNode item, long amount, long from, String what) {
        var price = price(item);
        var line = Templates.of("line_item", ObjectIds.next("il"), 0);
        line.put("amount", amount).put("subtotal", amount).put("quantity", JsonNodes.number(item, "quantity"));
        line.set("currency", price.path("currency"));
        var quantity = JsonNodes.number(item, "quantity");
        line.put(
                "description",
                "%s time on %s%s after %s"
                        .formatted(
                                what,
                                quantity == 1 ? "" : quantity + " × ",
                                product(price),
                                DAY.format(Instant.ofEpochSecond(from))));
        line.put("discountable", false);
        line.withObjectProperty("period").put("start", from).put("end", JsonNodes.number(item, "current_period_end"));
        line.set("parent", parent(item, true));
        line.set("pricing", pricing(price, Long.toString(amount)));
        return line;
    }

    private static ObjectNode parent(ObjectNode item, boolean proration) {
        var parent = JsonNodes.object();
        parent.putNull("invoice_item_details");
        var details = parent.putObject("subscription_item_details");
        details.putNull("invoice_item");
        details.put("proration", proration);
        details.putObject("proration_details").putNull("credited_items");
        details.set("subscription", item.path("subscription"));
        details.set("subscription_item", item.path("id"));
        parent.put("type", "subscription_item_details");
        return parent;
    }

    static ObjectNode pricing(ObjectNode price, String unit) {
        var pricing = JsonNodes.object();
        var details = pricing.putObject("price_details");
        details.set("price", price.path("id"));
        details.set("product", price.path("product"));
        pricing.put("type", "price_details");
        pricing.put("unit_amount_decimal", unit);
        return pricing;
    }

    private String product(ObjectNode price) {
        var product = store.find("product", JsonNodes.text(price, "product"));
        return product == null ? "a product" : Objects.requireNonNullElse(JsonNodes.text(product, "name"), "a product");
    }
}
