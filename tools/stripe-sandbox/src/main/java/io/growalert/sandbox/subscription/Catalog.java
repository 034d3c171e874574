package io.growalert.sandbox.subscription;

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
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Products and their prices. */
public final class Catalog {
    private static final String PRODUCT =
            "name description active metadata* images[] unit_label statement_descriptor url tax_code shippable";

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;

    public Catalog(Store store, EventLog events, ObjectClock time) {
        this.store = store;
        this.events = events;
        this.time = time;
    }

    public void routes(ResourceRoutes endpoints) {
        endpoints.post("/v1/products", PRODUCT + " id type", this::createProduct);
        endpoints.list("/v1/products", "product", "active ids[]", call -> {
            var ids = Set.copyOf(call.params().texts("ids"));
            return product -> active(call, product) && (ids.isEmpty() || ids.contains(JsonNodes.id(product)));
        });
        endpoints.search("/v1/products/search", "product", "active description metadata name shippable url");
        endpoints.get("/v1/products/{id}", call -> store.get("product", call.id()));
        endpoints.delete("/v1/products/{id}", "", this::deleteProduct);
        endpoints.post("/v1/products/{id}", PRODUCT + " default_price", this::updateProduct);

        endpoints.post("/v1/prices", """
                currency unit_amount unit_amount_decimal product product_data[name] product_data[metadata]* recurring[interval]
                recurring[interval_count] recurring[usage_type] lookup_key transfer_lookup_key nickname active metadata*
                tax_behavior billing_scheme tiers_mode tiers*
                """, this::createPrice);
        endpoints.list(
                "/v1/prices", "price", "active currency lookup_keys[] product type recurring[interval]", call -> {
                    var params = call.params();
                    var keys = Set.copyOf(params.texts("lookup_keys"));
                    return price -> active(call, price)
                            && (keys.isEmpty()
                                    || keys.contains(
                                            Objects.requireNonNullElse(JsonNodes.text(price, "lookup_key"), "")))
                            && same(params, "currency", price)
                            && same(params, "product", price)
                            && same(params, "type", price)
                            && same(params.child("recurring"), "interval", recurring(price));
                });
        endpoints.search("/v1/prices/search", "price", "active currency lookup_key metadata product type");
        endpoints.get("/v1/prices/{id}", call -> store.get("price", call.id()));
        endpoints.post(
                "/v1/prices/{id}",
                "active lookup_key transfer_lookup_key nickname metadata* tax_behavior",
                this::updatePrice);
    }

    /** Creates a price with this lookup key unless it exists. */
    public void seed(String lookupKey, String name, long unitAmount, String currency, String interval) {
        if (byLookupKey(lookupKey) != null) {
            return;
        }
        var product = product("prod_" + ObjectIds.random(14), name);
        events.created(product, "product.created");
        var price = price(product, currency, BigDecimal.valueOf(unitAmount));
        price.put("lookup_key", lookupKey);
        recur(price, interval, 1, "licensed");
        events.created(price, "price.created");
    }

    /**
     * @param param that named the price
     * @throws ApiError 400 when there is none
     */
    ObjectNode named(String id, String param) {
        var price = store.find("price", id);
        if (price == null) {
            throw ApiError.refersToNone("price", id, param);
        }
        return price;
    }

    private ObjectNode createProduct(ApiCall call) {
        var params = call.params();
        var id = params.text("id", "prod_" + ObjectIds.random(14));
        if (store.find(id) != null) {
            throw ApiError.invalid("resource_already_exists", "Product already exists.")
                    .param("id");
        }
        var product = product(id, params.require("name"));
        set(params, product);
        return events.created(product, "product.created");
    }

    private ObjectNode product(String id, String name) {
        var product = Templates.of("product", id, time.now());
        product.put("updated", time.now());
        product.put("name", name);
        return product;
    }

    private ObjectNode updateProduct(ApiCall call) {
        var product = store.get("product", call.id());
        events.changed(product, "product.updated", changed -> {
            set(call.params(), changed);
            var price = call.params().text("default_price");
            if (price != null) {
                changed.put("default_price", JsonNodes.id(named(price, "default_price")));
            }
            changed.put("updated", time.now());
        });
        return product;
    }

    private ObjectNode deleteProduct(ApiCall call) {
        var product = store.get("product", call.id());
        if (store.kind("price").values().stream()
                .anyMatch(price -> call.id().equals(JsonNodes.text(price, "product")))) {
            throw ApiError.invalid("This product cannot be deleted because it has one or more user-created prices.");
        }
        events.emit("product.deleted", product, null);
        return store.save(
                JsonNodes.object().put("id", call.id()).put("object", "product").put("deleted", true));
    }

    private static void set(Params params, ObjectNode product) {
        ObjectFields.of(params, product)
                .texts("name", "description", "unit_label", "statement_descriptor", "url", "tax_code")
                .flags("active", "shippable")
                .metadata();
    }

    private ObjectNode createPrice(ApiCall call) {
        var params = call.params();
        var currency = params.require("currency").toLowerCase(Locale.ROOT);
        var tiered = params.text("billing_scheme", "per_unit").equals("tiered");
        var amount = tiered ? null : amount(params);
        var price = price(product(params), currency, amount);
        if (tiered) {
            price.put("billing_scheme", "tiered").put("tiers_mode", params.require("tiers_mode"));
        }
        var recurring = params.child("recurring");
        if (!recurring.isEmpty()) {
            recur(
                    price,
                    recurring.oneOf("interval", "", "day", "week", "month", "year"),
                    recurring.number("interval_count", 1),
                    recurring.text("usage_type", "licensed"));
        }
        ObjectFields.of(params, price)
                .texts("nickname", "tax_behavior")
                .flags("active")
                .metadata();
        lookupKey(params, price);
        return events.created(price, "price.created");
    }

    private ObjectNode product(Params params) {
        var id = params.text("product");
        if (id == null) {
            var data = params.child("product_data");
            if (data.isEmpty()) {
                throw ApiError.missingParam("product");
            }
            var product = product("prod_" + ObjectIds.random(14), data.require("name"));
            ObjectFields.of(data, product).metadata();
            return events.created(product, "product.created");
        }
        var product = store.find("product", id);
        if (product == null) {
            throw ApiError.refersToNone("product", id, "product");
        }
        return product;
    }

    /** In the smallest unit; with a fraction only as {@code unit_amount_decimal}. */
    private static BigDecimal amount(Params params) {
        var whole = params.number("unit_amount");
        var text = whole == null ? params.text("unit_amount_decimal") : whole.toString();
        if (text == null) {
            throw ApiError.missingParam("unit_amount");
        }
        var amount = new BigDecimal(text);
        if (amount.signum() < 0) {
            throw ApiError.invalid("parameter_invalid_integer", "This value must be greater than or equal to 0.")
                    .param("unit_amount");
        }
        return amount.stripTrailingZeros();
    }

    /** @param amount null: the price has tiers */
    private ObjectNode price(ObjectNode product, String currency, @Nullable BigDecimal amount) {
        var price = Templates.of("price", ObjectIds.next("price"), time.now());
        price.put("product", JsonNodes.id(product));
        price.put("currency", currency);
        if (amount != null) {
            if (amount.scale() <= 0) {
                price.put("unit_amount", amount.longValueExact());
            }
            price.put("unit_amount_decimal", amount.toPlainString());
        }
        return price;
    }

    private static void recur(ObjectNode price, String interval, long count, String usageType) {
        price.put("type", "recurring");
        var recurring = price.putObject("recurring");
        recurring.put("interval", interval);
        recurring.put("interval_count", count);
        recurring.putNull("meter");
        recurring.putNull("trial_period_days");
        recurring.put("usage_type", usageType);
    }

    private void lookupKey(Params params, ObjectNode price) {
        if (!params.has("lookup_key")) {
            return;
        }
        var key = params.text("lookup_key");
        var holder = key == null ? null : byLookupKey(key);
        if (holder != null && !JsonNodes.id(holder).equals(JsonNodes.id(price))) {
            if (!params.flag("transfer_lookup_key")) {
                throw ApiError.invalid("A price (`%s`) already uses that lookup key.".formatted(JsonNodes.id(holder)))
                        .param("lookup_key");
            }
            events.changed(holder, "price.updated", changed -> changed.putNull("lookup_key"));
        }
        price.put("lookup_key", key);
    }

    private @Nullable ObjectNode byLookupKey(String key) {
        for (var price : store.kind("price").values()) {
            if (key.equals(JsonNodes.text(price, "lookup_key"))) {
                return price;
            }
        }
        return null;
    }

    private ObjectNode updatePrice(ApiCall call) {
        var price = store.get("price", call.id());
        events.changed(price, "price.updated", changed -> {
            ObjectFields.of(call.params(), changed)
                    .texts("nickname", "tax_behavior")
                    .flags("active")
                    .metadata();
            lookupKey(call.params(), changed);
        });
        return price;
    }

    private static ObjectNode recurring(ObjectNode price) {
        return price.path("recurring") instanceof ObjectNode recurring ? recurring : JsonNodes.object();
    }

    private static boolean active(ApiCall call, ObjectNode object) {
        return !call.params().has("active") || call.params().flag("active") == JsonNodes.flag(object, "active");
    }

    private static boolean same(Params params, String name, ObjectNode object) {
        var wanted = params.text(name);
        return wanted == null || wanted.equals(JsonNodes.text(object, name));
    }
}
