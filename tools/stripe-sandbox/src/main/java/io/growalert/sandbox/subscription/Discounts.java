package io.growalert.sandbox.subscription;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.Store;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/** The coupons that a subscription redeems, and what they take off its invoices. */
final class Discounts {
    static final String KNOWN = " discounts discounts[][coupon]";
    private static final String KIND = "discount";

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;

    Discounts(Store store, EventLog events, ObjectClock time) {
        this.store = store;
        this.events = events;
        this.time = time;
    }

    /**
     * Replaces a subscription's discounts by those that a request names.
     *
     * @param stored false in a preview: the new discounts are not stored, and no coupon is redeemed
     * @throws ApiError 400 for a coupon that is unknown, expired or redeemed too often, or in another currency
     */
    void set(Params params, ObjectNode subscription, boolean stored) {
        if (!params.has("discounts")) {
            return;
        }
        subscription.remove("_previewed");
        var ids = subscription.putArray("discounts");
        for (var wanted : params.children("discounts")) {
            var coupon = store.find("coupon", wanted.require("coupon"));
            if (coupon == null || JsonNodes.flag(coupon, "deleted")) {
                throw ApiError.refersToNone("coupon", wanted.require("coupon"), wanted.path("coupon"));
            }
            check(coupon, subscription, wanted.path("coupon"));
            var discount = discount(coupon, subscription);
            ids.add(JsonNodes.id(discount));
            if (stored) {
                redeem(coupon, discount);
            } else {
                subscription.withObjectProperty("_previewed").set(JsonNodes.id(discount), discount);
            }
        }
    }

    /** Takes the subscription's discounts off the lines of an invoice. The sum is returned, in the smallest unit. */
    long take(ObjectNode invoice, ObjectNode subscription) {
        long sum = 0;
        for (var discount : active(subscription)) {
            long taken = 0;
            var fixed = coupon(discount).path("amount_off").asLong(0);
            for (var line : JsonNodes.objects(invoice.path("lines").path("data"))) {
                var left = JsonNodes.number(line, "amount") - taken(line);
                if (!JsonNodes.flag(line, "discountable") || left <= 0) {
                    continue;
                }
                var off = fixed > 0 ? Math.min(left, fixed - taken) : percentOf(discount, left);
                taken += off;
                line.withArrayProperty("discount_amounts")
                        .addObject()
                        .put("amount", off)
                        .put("discount", JsonNodes.id(discount));
            }
            invoice.withArrayProperty("discounts").add(JsonNodes.id(discount));
            invoice.withArrayProperty("total_discount_amounts")
                    .addObject()
                    .put("amount", taken)
                    .put("discount", JsonNodes.id(discount));
            sum += taken;
        }
        return sum;
    }

    /** What a line costs after its discounts. */
    static long net(ObjectNode line) {
        return JsonNodes.number(line, "amount") - taken(line);
    }

    /** What an item costs for a whole period after the discounts that apply to more than one invoice. */
    long net(ObjectNode subscription, ObjectNode item) {
        var amount = SubscriptionItems.amount(item);
        var total = SubscriptionItems.total(SubscriptionItems.of(subscription));
        for (var discount : active(subscription)) {
            var coupon = coupon(discount);
            if ("once".equals(JsonNodes.text(coupon, "duration"))) {
                continue;
            }
            var fixed = coupon.path("amount_off").asLong(0);
            amount -= fixed > 0 && total > 0
                    ? Math.min(amount, Math.round((double) fixed * SubscriptionItems.amount(item) / total))
                    : percentOf(discount, amount);
        }
        return amount;
    }

    /** A coupon that applies once is used up by an invoice that it was taken off. */
    void use(ObjectNode invoice, ObjectNode subscription) {
        for (var part : JsonNodes.objects(invoice.path("total_discount_amounts"))) {
            var discount = store.find(KIND, JsonNodes.textOf(part, "discount"));
            if (discount != null
                    && JsonNodes.number(part, "amount") > 0
                    && "once".equals(JsonNodes.text(coupon(discount), "duration"))) {
                remove(subscription, discount);
            }
        }
    }

    /**
     * Removes all discounts.
     *
     * @return the last one, as deleted
     * @throws ApiError 404 when there is none
     */
    ObjectNode clear(ObjectNode subscription) {
        var active = active(subscription);
        if (active.isEmpty()) {
            throw ApiError.notFound(
                    "resource_missing", "No active discount for subscription: " + JsonNodes.id(subscription));
        }
        active.forEach(discount -> remove(subscription, discount));
        var deleted = JsonNodes.shown(active.getLast());
        deleted.remove("end");
        return deleted.put("deleted", true);
    }

    private void remove(ObjectNode subscription, ObjectNode discount) {
        var left = subscription.path("discounts").deepCopy();
        var ids = subscription.putArray("discounts");
        for (var id : left) {
            if (!id.asString("").equals(JsonNodes.id(discount))) {
                ids.add(id);
            }
        }
        discount.put("end", time.of(subscription));
        store.save(discount);
        events.emit("customer.discount.deleted", discount, null);
    }

    private List<ObjectNode> active(ObjectNode subscription) {
        var now = time.of(subscription);
        return subscription
                .path("discounts")
                .valueStream()
                .map(id -> {
                    var stored = store.find(KIND, id.asString(""));
                    return stored != null
                            ? stored
                            : (ObjectNode) subscription.path("_previewed").path(id.asString(""));
                })
                .filter(discount -> JsonNodes.isNull(discount, "end") || JsonNodes.number(discount, "end") > now)
                .toList();
    }

    private ObjectNode coupon(ObjectNode discount) {
        return Objects.requireNonNull(
                store.find("coupon", JsonNodes.textOf(discount, "_coupon")), "a discount's coupon was never stored");
    }

    private long percentOf(ObjectNode discount, long amount) {
        var percent = coupon(discount).path("percent_off");
        return percent.isNumber()
                ? percent.decimalValue()
                        .multiply(BigDecimal.valueOf(amount))
                        .divide(BigDecimal.valueOf(100), 0, RoundingMode.HALF_UP)
                        .longValueExact()
                : 0;
    }

    private static long taken(ObjectNode line) {
        return JsonNodes.objects(line.path("discount_amounts")).stream()
                .mapToLong(part -> JsonNodes.number(part, "amount"))
                .sum();
    }

    private void check(ObjectNode coupon, ObjectNode subscription, String param) {
        var expired = !JsonNodes.isNull(coupon, "redeem_by") && JsonNodes.number(coupon, "redeem_by") < time.now();
        if (expired || !JsonNodes.flag(coupon, "valid")) {
            throw ApiError.invalid("coupon_expired", "Coupon expired: " + JsonNodes.id(coupon))
                    .param(param);
        }
        if (!JsonNodes.isNull(coupon, "amount_off")
                && !subscription.path("currency").equals(coupon.path("currency"))) {
            throw ApiError.invalid("The coupon's currency must be that of the subscription.")
                    .param(param);
        }
    }

    private ObjectNode discount(ObjectNode coupon, ObjectNode subscription) {
        var now = time.of(subscription);
        var discount = JsonNodes.object();
        discount.put("id", ObjectIds.next("di")).put("object", KIND);
        discount.putNull("checkout_session").set("customer", subscription.path("customer"));
        discount.putNull("customer_account");
        var months = JsonNodes.number(coupon, "duration_in_months");
        discount.put(
                "end",
                "repeating".equals(JsonNodes.text(coupon, "duration"))
                        ? Long.valueOf(Instant.ofEpochSecond(now)
                                .atZone(ZoneOffset.UTC)
                                .plusMonths(months)
                                .toEpochSecond())
                        : null);
        discount.putNull("invoice").putNull("invoice_item").putNull("promotion_code");
        discount.putObject("source").put("coupon", JsonNodes.id(coupon)).put("type", "coupon");
        discount.put("start", now).put("subscription", JsonNodes.id(subscription));
        discount.putNull("subscription_item");
        discount.put("_coupon", JsonNodes.id(coupon));
        return discount;
    }

    private void redeem(ObjectNode coupon, ObjectNode discount) {
        var times = JsonNodes.number(coupon, "times_redeemed") + 1;
        var most = JsonNodes.number(coupon, "max_redemptions");
        coupon.put("times_redeemed", times).put("valid", most == 0 || times < most);
        store.save(coupon);
        events.created(discount, "customer.discount.created");
    }
}
