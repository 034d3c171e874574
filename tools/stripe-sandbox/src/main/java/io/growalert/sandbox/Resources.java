package io.growalert.sandbox;

import io.growalert.sandbox.clock.Clockwork;
import io.growalert.sandbox.clock.TestClockResource;
import io.growalert.sandbox.customer.CustomerResource;
import io.growalert.sandbox.http.ApiRoutes;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.EventResource;
import io.growalert.sandbox.object.Expander;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.payment.BankDebits;
import io.growalert.sandbox.payment.BankPages;
import io.growalert.sandbox.payment.ChargeResource;
import io.growalert.sandbox.payment.ConfirmationTokenResource;
import io.growalert.sandbox.payment.DisputeResource;
import io.growalert.sandbox.payment.PaymentIntentResource;
import io.growalert.sandbox.payment.PaymentMethodResource;
import io.growalert.sandbox.payment.Payments;
import io.growalert.sandbox.payment.Receipts;
import io.growalert.sandbox.payment.RefundResource;
import io.growalert.sandbox.payment.SetupIntentResource;
import io.growalert.sandbox.payment.TokenResource;
import io.growalert.sandbox.portal.PortalSessions;
import io.growalert.sandbox.subscription.Catalog;
import io.growalert.sandbox.subscription.SubscriptionParts;
import java.net.URI;
import java.util.function.Supplier;

/**
 * All resources of Stripe's API, wired together, with their routes.
 *
 * @param clockwork what runs due actions before each request
 */
record Resources(Catalog catalog, Clockwork clockwork) {

    static Resources of(
            Store store,
            EventLog events,
            ObjectClock time,
            ResourceRoutes endpoints,
            Expander expand,
            ApiRoutes control,
            Supplier<URI> base) {
        var customers = new CustomerResource(store, events, time);
        var catalog = new Catalog(store, events, time);
        var tokens = new TokenResource(store, time);
        var methods = new PaymentMethodResource(store, events, time, tokens, customers);
        var debits = new BankDebits(store);
        var receipts = new Receipts(store, base);
        var charges = new ChargeResource(store, events, time, tokens, customers, receipts, debits);
        var payments = new Payments(store, events, time, charges, methods);
        var setups = new SetupIntentResource(store, events, time, methods, customers, debits);
        var subscriptions = SubscriptionParts.of(store, events, time, customers, catalog, methods, payments);
        var lives = subscriptions.lives();
        var clockwork = new Clockwork(store, time, lives, payments);
        customers.routes(endpoints);
        catalog.routes(endpoints);
        tokens.routes(endpoints);
        methods.routes(endpoints);
        new ConfirmationTokenResource(store, time, methods).routes(endpoints);
        charges.routes(endpoints);
        new PaymentIntentResource(store, events, payments, methods, customers).routes(endpoints, control);
        setups.routes(endpoints, control);
        new BankPages(store).routes(control, payments, setups);
        subscriptions.routes(endpoints, expand, control, setups, base);
        receipts.routes(control);
        debits.routes(endpoints);
        new PortalSessions(store, time, customers, base).routes(endpoints, control);
        new RefundResource(store, events, time).routes(endpoints, expand);
        new DisputeResource(store, events, time, charges).routes(endpoints, control);
        new TestClockResource(store, events, time, clockwork, lives).routes(endpoints);
        new EventResource(store).routes(endpoints);
        return new Resources(catalog, clockwork);
    }
}
