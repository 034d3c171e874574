package io.growalert.sandbox.subscription;

import io.growalert.sandbox.customer.CustomerResource;
import io.growalert.sandbox.http.ApiRoutes;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.Expander;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.payment.PaymentMethodResource;
import io.growalert.sandbox.payment.Payments;
import io.growalert.sandbox.payment.SetupIntentResource;
import java.net.URI;
import java.util.function.Supplier;

/** What subscriptions and invoices are made of, wired together. */
public record SubscriptionParts(
        Store store,
        EventLog events,
        ObjectClock time,
        CustomerResource customers,
        PaymentMethodResource methods,
        SubscriptionItems items,
        Discounts discounts,
        PlanChanges changes,
        SubscriptionSettings settings,
        InvoiceDrafts drafts,
        Invoices invoices,
        InvoiceItemResource waiting,
        UpcomingInvoices upcoming,
        PendingUpdates pending,
        Dunning dunning,
        SubscriptionLifecycle lives) {

    public static SubscriptionParts of(
            Store store,
            EventLog events,
            ObjectClock time,
            CustomerResource customers,
            Catalog catalog,
            PaymentMethodResource methods,
            Payments payments) {
        var items = new SubscriptionItems(store, catalog);
        var discounts = new Discounts(store, events, time);
        var drafts = new InvoiceDrafts(store, events, time, discounts);
        var invoices = new Invoices(store, events, time, payments);
        var waiting = new InvoiceItemResource(store, events, time, customers, catalog, drafts);
        var upcoming = new UpcomingInvoices(items, waiting, drafts);
        var pending = new PendingUpdates(store, events, time, drafts, invoices);
        var dunning = new Dunning(store, events, time, invoices, methods);
        return new SubscriptionParts(
                store,
                events,
                time,
                customers,
                methods,
                items,
                discounts,
                new PlanChanges(time, items, discounts),
                new SubscriptionSettings(time, methods),
                drafts,
                invoices,
                waiting,
                upcoming,
                pending,
                dunning,
                new SubscriptionLifecycle(
                        store, events, time, items, waiting, drafts, invoices, upcoming, pending, dunning));
    }

    /** @param base the sandbox's address, known once it listens */
    public void routes(
            ResourceRoutes endpoints, Expander expand, ApiRoutes open, SetupIntentResource setups, Supplier<URI> base) {
        new InvoicePreviews(this).routes(endpoints);
        new InvoiceResource(this).routes(endpoints, expand);
        var updates = new SubscriptionUpdates(this);
        new SubscriptionResource(this, updates, setups).routes(endpoints);
        new SubscriptionItemResource(store, updates).routes(endpoints);
        new CouponResource(store, events, time).routes(endpoints);
        waiting.routes(endpoints);
        new HostedInvoices(store, invoices, methods, base).routes(open);
    }
}
