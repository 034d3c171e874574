package io.growalert.sandbox.subscription;

import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.ObjectIds;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The next invoice of a subscription, before there is one. */
final class UpcomingInvoices {
    private final SubscriptionItems items;
    private final InvoiceItemResource waiting;
    private final InvoiceDrafts drafts;

    UpcomingInvoices(SubscriptionItems items, InvoiceItemResource waiting, InvoiceDrafts drafts) {
        this.items = items;
        this.waiting = waiting;
        this.drafts = drafts;
    }

    /** Whether another period follows the current one. */
    static boolean renews(ObjectNode subscription) {
        return JsonNodes.isNull(subscription, "cancel_at")
                || JsonNodes.number(subscription, "cancel_at") > SubscriptionItems.periodEnd(subscription);
    }

    /** The lines of the next period alone. */
    List<ObjectNode> period(ObjectNode subscription) {
        var next = subscription.deepCopy();
        PlanChanges.renew(next);
        return items.lines(next, false);
    }

    /**
     * The lines of the next invoice: what waits for it, and the next period if there is one.
     *
     * @param more that would wait as well
     */
    List<ObjectNode> lines(ObjectNode subscription, List<ObjectNode> more) {
        var lines = new ArrayList<>(waiting.lines(subscription));
        lines.addAll(more);
        if (renews(subscription)) {
            lines.addAll(period(subscription));
        }
        return lines;
    }

    /**
     * An invoice that is not stored.
     *
     * @param at the second in which it will be made
     */
    ObjectNode preview(ObjectNode subscription, List<ObjectNode> lines, long at) {
        var invoice = drafts.compose(subscription, "upcoming", lines);
        var id = "upcoming_in_" + ObjectIds.random(24);
        invoice.put("id", id).put("created", at).put("next_payment_attempt", at);
        invoice.put("period_start", SubscriptionItems.periodStart(subscription)).put("period_end", at);
        var list = invoice.withObjectProperty("lines");
        list.put("url", "/v1/invoices/%s/lines".formatted(id));
        JsonNodes.objects(list.path("data")).forEach(line -> line.put("id", "il_tmp_" + ObjectIds.random(24))
                .put("invoice", id));
        return invoice;
    }

    /** The object of {@code invoice.upcoming}, which has no id. */
    ObjectNode announced(ObjectNode subscription) {
        var invoice = preview(subscription, lines(subscription, List.of()), SubscriptionItems.periodEnd(subscription));
        invoice.remove("id");
        return invoice;
    }
}
