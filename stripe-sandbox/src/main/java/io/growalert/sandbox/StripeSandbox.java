package io.growalert.sandbox;

import java.io.IOException;
import java.net.URI;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stand-in for the part of Stripe's API that GrowAlert uses, on 127.0.0.1. Stripe's own SDK speaks to it when it is given
 * {@link #apiBase()} and {@link #SECRET_KEY}. No money moves.
 */
public final class StripeSandbox implements AutoCloseable {
    public static final String SECRET_KEY = "sk_test_sandbox";
    public static final String PUBLISHABLE_KEY = "pk_test_sandbox";

    private static final Logger log = LoggerFactory.getLogger(StripeSandbox.class);

    private final Http http;

    private StripeSandbox(Options options) throws IOException {
        var store = new Store();
        var events = new Events(store, options.clock());
        var time = new Time(store, options.clock());
        var routes = new Routes();
        var expand = new Expand(store);
        var endpoints = new Endpoints(routes, store, expand);

        var customers = new Customers(store, events, time);
        var catalog = new Catalog(store, events, time);
        var tokens = new Tokens(store, time);
        var methods = new PaymentMethods(store, events, time, tokens, customers);
        var charges = new Charges(store, events, time, tokens, customers);
        var payments = new Payments(store, events, time, charges, methods);
        customers.routes(endpoints);
        catalog.routes(endpoints);
        tokens.routes(endpoints);
        methods.routes(endpoints);
        charges.routes(endpoints);
        new PaymentIntents(store, events, payments, methods, customers).routes(endpoints, routes);
        new EventList(store).routes(endpoints);

        var api = new Api(store, events, routes, options.clock(), () -> {});
        store.locked(() -> {
            options.prices().forEach(catalog::seed);
            return null;
        });
        http = new Http(options.port(), api::answer);
    }

    /**
     * Starts a sandbox, which answers when this returns.
     *
     * @throws IOException when its port is taken or its journal cannot be read
     */
    public static StripeSandbox start(Options options) throws IOException {
        var sandbox = new StripeSandbox(options);
        log.atInfo().addKeyValue("address", sandbox.apiBase()).log("The Stripe sandbox answers; it bills nobody");
        return sandbox;
    }

    /** What Stripe's SDK is given as the base of its addresses. */
    public URI apiBase() {
        return http.base();
    }

    /** The script that stands in for Stripe's own in the browser. */
    public URI stubScript() {
        return http.base().resolve("/stripe.js");
    }

    /** Stops answering. What was answered is in the journal. */
    @Override
    public void close() {
        http.close();
    }
}
