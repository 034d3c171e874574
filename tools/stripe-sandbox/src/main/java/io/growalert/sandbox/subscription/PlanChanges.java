package io.growalert.sandbox.subscription;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import io.growalert.sandbox.object.ObjectClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an update does to a subscription's items and period, and what that costs. Nothing is stored: updates and previews share it,
 * each on a copy, so that a preview's amounts are those of the invoice.
 */
final class PlanChanges {
    static final String KNOWN = " proration_behavior proration_date billing_cycle_anchor trial_end";

    private static final Set<String> PAID_FOR = Set.of("active", "past_due");

    private final ObjectClock time;
    private final SubscriptionItems items;
    private final Discounts discounts;

    PlanChanges(ObjectClock time, SubscriptionItems items, Discounts discounts) {
        this.time = time;
        this.items = items;
        this.discounts = discounts;
    }

    /**
     * The cost of a change.
     *
     * @param lines credits, which are negative, before charges
     * @param invoiced whether it is invoiced at once, instead of with the next period
     * @param at the second from which the rest of the period is prorated
     */
    record PlanChange(List<ObjectNode> lines, boolean invoiced, long at) {
        PlanChange {
            lines = List.copyOf(lines);
        }
    }

    /** Begins a new subscription: its items, and its first period or its trial, which ends at {@code trialEnd} if that is later than now. */
    void begin(ObjectNode subscription, List<Params> wanted, long trialEnd) {
        var now = time.of(subscription);
        items.apply(subscription, wanted, now);
        var trial = trialEnd > now;
        subscription.put("billing_cycle_anchor", trial ? trialEnd : now);
        if (trial) {
            subscription.put("trial_start", now).put("trial_end", trialEnd);
        }
        subscription.put("status", trial ? "trialing" : "active");
        SubscriptionItems.period(subscription, now, trial ? trialEnd : end(subscription, now));
    }

    /**
     * Changes the items, and begins a new period where the interval changes or the request wants it.
     *
     * @throws ApiError 400 for items that cannot be, or a proration date outside the current period
     */
    PlanChange apply(ObjectNode subscription, Params params) {
        var behavior =
                params.oneOf("proration_behavior", "create_prorations", "create_prorations", "always_invoice", "none");
        var anchor = params.oneOf("billing_cycle_anchor", "unchanged", "unchanged", "now");
        var now = time.of(subscription);
        var at = date(subscription, params, now);
        var before = SubscriptionItems.of(subscription).stream()
                .map(ObjectNode::deepCopy)
                .toList();
        var start = SubscriptionItems.periodStart(subscription);
        var end = SubscriptionItems.periodEnd(subscription);
        if (!params.children("items").isEmpty()) {
            items.apply(subscription, params.children("items"), now);
            SubscriptionItems.period(subscription, start, end);
        }
        trial(subscription, params, now);
        if (!PAID_FOR.contains(JsonNodes.textOf(subscription, "status"))) {
            return new PlanChange(List.of(), false, at);
        }
        var after = SubscriptionItems.of(subscription);
        var restart = anchor.equals("now") || !interval(before).equals(interval(after));
        var lines = new ArrayList<ObjectNode>();
        if (!behavior.equals("none")) {
            for (var item : before) {
                if (restart || !contains(after, item)) {
                    lines.add(items.proration(
                            item, -share(paid(subscription, item), end - at, end - start), at, "Unused"));
                }
            }
            for (var item : after) {
                if (!restart && !contains(before, item)) {
                    var price = discounts.net(subscription, item);
                    lines.add(items.proration(item, share(price, end - at, end - start), at, "Remaining"));
                    subscription.withObjectProperty("_paid").put(JsonNodes.id(item), price);
                }
            }
        }
        if (restart) {
            subscription.put("billing_cycle_anchor", now);
            SubscriptionItems.period(subscription, now, end(subscription, now));
            lines.addAll(items.lines(subscription, false));
        }
        return new PlanChange(lines, restart || (behavior.equals("always_invoice") && !lines.isEmpty()), at);
    }

    /** Begins the period that follows the current one, or the trial. */
    static void renew(ObjectNode subscription) {
        var start = SubscriptionItems.periodEnd(subscription);
        if ("trialing".equals(JsonNodes.text(subscription, "status"))) {
            subscription.put("status", "active");
        }
        SubscriptionItems.period(subscription, start, end(subscription, start));
    }

    private static long end(ObjectNode subscription, long start) {
        return BillingPeriods.end(
                SubscriptionItems.price(SubscriptionItems.of(subscription).getFirst()),
                JsonNodes.number(subscription, "billing_cycle_anchor"),
                start);
    }

    private static long date(ObjectNode subscription, Params params, long now) {
        var date = params.number("proration_date");
        if (date == null) {
            return now;
        }
        if (date < SubscriptionItems.periodStart(subscription) || date > SubscriptionItems.periodEnd(subscription)) {
            throw ApiError.invalid("Cannot specify `proration_date` outside of current subscription period.")
                    .param(params.path("proration_date"));
        }
        return date;
    }

    private static void trial(ObjectNode subscription, Params params, long now) {
        if (params.has("trial_end") && "trialing".equals(JsonNodes.text(subscription, "status"))) {
            var end = Math.max(SubscriptionSettings.trialEnd(params, now), now);
            subscription.put("trial_end", end).put("billing_cycle_anchor", end).put("_trial_warned", false);
            SubscriptionItems.period(subscription, SubscriptionItems.periodStart(subscription), end);
        }
    }

    private static List<Object> interval(List<ObjectNode> items) {
        var recurring = SubscriptionItems.price(items.getFirst()).path("recurring");
        return List.of(JsonNodes.textOf(recurring, "interval"), JsonNodes.number(recurring, "interval_count"));
    }

    private static boolean contains(List<ObjectNode> items, ObjectNode item) {
        return items.stream()
                .anyMatch(other -> JsonNodes.id(other).equals(JsonNodes.id(item))
                        && JsonNodes.id(SubscriptionItems.price(other))
                                .equals(JsonNodes.id(SubscriptionItems.price(item)))
                        && JsonNodes.number(other, "quantity") == JsonNodes.number(item, "quantity"));
    }

    /** What the current period of an item was sold for, discounts included. */
    private static long paid(ObjectNode subscription, ObjectNode item) {
        return subscription.path("_paid").path(JsonNodes.id(item)).asLong(SubscriptionItems.amount(item));
    }

    /** The part of an amount that falls to a part of the seconds, half a unit rounded up. */
    private static long share(long amount, long seconds, long of) {
        return of == 0 ? 0 : Math.floorDiv(2 * amount * seconds + of, 2 * of);
    }
}
