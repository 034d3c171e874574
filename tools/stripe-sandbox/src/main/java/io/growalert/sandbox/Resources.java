package io.growalert.sandbox;

/**
 * Everything that Stripe keeps, put together: who tells whom, and all of its addresses.
 *
 * @param clockwork what is to look at the time before each request
 */
record Resources(Catalog catalog, Clockwork clockwork) {

    static Resources of(Store store, Events events, Time time, Endpoints endpoints, Expand expand, Routes control) {
        var customers = new Customers(store, events, time);
        var catalog = new Catalog(store, events, time);
        var tokens = new Tokens(store, time);
        var methods = new PaymentMethods(store, events, time, tokens, customers);
        var charges = new Charges(store, events, time, tokens, customers);
        var payments = new Payments(store, events, time, charges, methods);
        var setups = new SetupIntents(store, events, time, methods, customers);
        var invoices = new Invoices(store, events, time, payments);
        var items = new Items(store, catalog);
        var lives = new Lives(store, events, time, items, invoices, methods);
        var clockwork = new Clockwork(store, time, lives);
        customers.routes(endpoints);
        catalog.routes(endpoints);
        tokens.routes(endpoints);
        methods.routes(endpoints);
        new ConfirmationTokens(store, time, methods).routes(endpoints);
        charges.routes(endpoints);
        new PaymentIntents(store, events, payments, methods, customers).routes(endpoints, control);
        setups.routes(endpoints, control);
        new Bank(store).routes(control, payments, setups);
        new InvoiceEndpoints(store, events, time, invoices, methods).routes(endpoints, expand);
        new Subscriptions(store, events, time, customers, items, invoices, lives, setups, methods).routes(endpoints);
        new Refunds(store, events, time).routes(endpoints, expand);
        new Disputes(store, events, time, charges).routes(endpoints, control);
        new TestClocks(store, events, time, clockwork, lives).routes(endpoints);
        new EventList(store).routes(endpoints);
        return new Resources(catalog, clockwork);
    }
}
