package io.growalert.sandbox.subscription;

import io.growalert.sandbox.customer.CustomerResource;
import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.http.Params;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.object.Templates;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Previews of a subscription's next invoice, with or without a change. Nothing is stored and no event is emitted. */
final class InvoicePreviews {
    private static final String KNOWN = """
            customer subscription preview_mode currency discounts discounts[][coupon]
            subscription_details[items] subscription_details[items][][id] subscription_details[items][][price]
            subscription_details[items][][quantity] subscription_details[items][][deleted]
            subscription_details[items][][metadata]* subscription_details[proration_behavior]
            subscription_details[proration_date] subscription_details[billing_cycle_anchor]
            subscription_details[trial_end] subscription_details[cancel_at] subscription_details[cancel_at_period_end]
            subscription_details[billing_mode][type]
            """;

    private final Store store;
    private final ObjectClock time;
    private final CustomerResource customers;
    private final SubscriptionItems items;
    private final PlanChanges changes;
    private final Discounts discounts;
    private final SubscriptionSettings settings;
    private final UpcomingInvoices upcoming;

    InvoicePreviews(SubscriptionParts parts) {
        store = parts.store();
        time = parts.time();
        customers = parts.customers();
        items = parts.items();
        changes = parts.changes();
        discounts = parts.discounts();
        settings = parts.settings();
        upcoming = parts.upcoming();
    }

    void routes(ResourceRoutes endpoints) {
        endpoints.post("/v1/invoices/create_preview", KNOWN, this::preview);
    }

    private ObjectNode preview(ApiCall call) {
        var params = call.params();
        var details = params.child("subscription_details");
        var recurring =
                params.oneOf("preview_mode", "next", "next", "recurring").equals("recurring");
        var present = present(params, details);
        if (present == null) {
            var fresh = fresh(params, details);
            discounts.set(params, fresh, false);
            var trial = "trialing".equals(JsonNodes.text(fresh, "status"));
            var preview = upcoming.preview(fresh, items.lines(fresh, trial && !recurring), time.of(fresh));
            preview.withObjectProperty("parent")
                    .withObjectProperty("subscription_details")
                    .remove("subscription");
            return preview;
        }
        var wanted = present.deepCopy();
        discounts.set(params, wanted, false);
        var change = changes.apply(wanted, details);
        settings.applyCancellation(details, wanted);
        if (!recurring && change.invoiced()) {
            return prorated(upcoming.preview(wanted, change.lines(), time.of(wanted)), details, change.at());
        }
        var lines = recurring ? upcoming.period(wanted) : upcoming.lines(wanted, change.lines());
        if (lines.isEmpty()) {
            throw none(JsonNodes.textOf(wanted, "customer"));
        }
        return prorated(upcoming.preview(wanted, lines, SubscriptionItems.periodEnd(wanted)), details, change.at());
    }

    private static ObjectNode prorated(ObjectNode invoice, Params details, long at) {
        if (!details.children("items").isEmpty()) {
            invoice.withObjectProperty("parent")
                    .withObjectProperty("subscription_details")
                    .put("subscription_proration_date", at);
        }
        return invoice;
    }

    /** The subscription that is previewed; null for a new one. */
    private @Nullable ObjectNode present(Params params, Params details) {
        var id = params.text("subscription");
        var customer = params.text("customer");
        if (id != null) {
            var named = store.find(SubscriptionLifecycle.KIND, id);
            if (named == null || (customer != null && !customer.equals(JsonNodes.text(named, "customer")))) {
                throw ApiError.refersToNone("subscription", id, "subscription");
            }
            if (SubscriptionLifecycle.hasEnded(named)) {
                throw none(JsonNodes.textOf(named, "customer"));
            }
            return named;
        }
        var owner = JsonNodes.id(customers.named(params.require("customer"), "customer"));
        if (!details.children("items").isEmpty()) {
            return null;
        }
        return store.all(SubscriptionLifecycle.KIND).stream()
                .filter(each -> owner.equals(JsonNodes.text(each, "customer"))
                        && !SubscriptionLifecycle.hasEnded(each)
                        && UpcomingInvoices.renews(each))
                .min(Comparator.comparingLong(SubscriptionItems::periodEnd))
                .orElseThrow(() -> none(owner));
    }

    private ObjectNode fresh(Params params, Params details) {
        var customer = customers.named(params.require("customer"), "customer");
        var subscription = Templates.of(SubscriptionLifecycle.KIND, ObjectIds.next("sub"), time.of(customer));
        subscription.put("customer", JsonNodes.id(customer));
        subscription.set("test_clock", customer.path("test_clock"));
        changes.begin(
                subscription, details.children("items"), SubscriptionSettings.trialEnd(details, time.of(customer)));
        return subscription;
    }

    private static ApiError none(String customer) {
        return ApiError.notFound(
                "invoice_upcoming_none", "No upcoming invoices for customer: '%s'".formatted(customer));
    }
}
