package io.growalert.sandbox;

import io.growalert.sandbox.fault.FaultFilter;
import io.growalert.sandbox.fault.Faults;
import io.growalert.sandbox.http.ApiRoutes;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.Expander;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.object.StoreJournal;
import io.growalert.sandbox.object.Ticker;
import io.growalert.sandbox.server.ApiHandler;
import io.growalert.sandbox.server.ApiKeys;
import io.growalert.sandbox.server.ControlApi;
import io.growalert.sandbox.server.SandboxServer;
import io.growalert.sandbox.server.StripeJsStub;
import io.growalert.sandbox.webhook.WebhookDelivery;
import io.growalert.sandbox.webhook.WebhookEndpoint;
import io.growalert.sandbox.webhook.WebhookEndpointResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A stand-in for the part of Stripe's API that GrowAlert uses, on 127.0.0.1. Stripe's own SDK uses it with
 * {@link #apiBase()} and {@link #SECRET_KEY}. No money moves.
 */
public final class StripeSandbox implements AutoCloseable {
    public static final String SECRET_KEY = ApiKeys.SECRET;
    public static final String PUBLISHABLE_KEY = ApiKeys.PUBLISHABLE;

    private static final Logger log = LoggerFactory.getLogger(StripeSandbox.class);

    private final ApiRoutes routes = new ApiRoutes();
    private final Faults faults;
    private final WebhookDelivery delivery;
    private final @Nullable StoreJournal journal;
    private final SandboxServer http;
    private final Ticker ticker;

    private StripeSandbox(Options options) throws IOException {
        faults = new Faults(options.clock());
        var store = new Store();
        delivery = new WebhookDelivery(store, faults, options.clock());
        var events = new EventLog(store, faults::ofEvents);
        var time = new ObjectClock(store, options.clock());
        var expand = new Expander(store);
        var endpoints = new ResourceRoutes(routes, store, expand);

        var resources = Resources.of(store, events, time, endpoints, expand, routes, this::apiBase);

        var webhooks = new WebhookEndpointResource(store, time, delivery);
        webhooks.routes(endpoints);
        new ControlApi(store, faults, delivery).routes(routes);
        StripeJsStub.routes(routes, this::apiBase);

        var api = new ApiHandler(store, events, routes, options.clock(), resources.clockwork()::tick);
        api.filter(new FaultFilter(faults));
        var opened = options.journal() == null ? null : StoreJournal.open(options.journal());
        journal = opened == null ? null : opened.journal();
        try {
            store.locked(() -> {
                if (opened != null) {
                    opened.objects().forEach(store::restore);
                }
                store.journal(this::keep);
                events.deliverTo(delivery::stage);
                if (options.webhookUrl() != null) {
                    delivery.open(new WebhookEndpoint(
                            "we_sandbox", options.webhookUrl(), options.webhookSecret(), List.of("*")));
                }
                webhooks.open();
                options.prices().forEach(price -> resources
                        .catalog()
                        .seed(
                                price.lookupKey(),
                                price.product(),
                                price.unitAmount(),
                                price.currency(),
                                price.interval()));
                return null;
            });
            http = new SandboxServer(options.port(), api::answer);
        } catch (IOException | RuntimeException e) {
            letGo();
            throw e;
        }
        ticker = new Ticker(store, resources.clockwork()::tick);
    }

    /**
     * Starts a sandbox, which accepts requests when this returns.
     *
     * @throws IOException when its port is in use or its journal cannot be read
     */
    public static StripeSandbox start(Options options) throws IOException {
        var sandbox = new StripeSandbox(options);
        log.atInfo().addKeyValue("address", sandbox.apiBase()).log("Started stripe-sandbox; it moves no money");
        return sandbox;
    }

    /** Runs until it is stopped. {@code --help} lists the arguments. */
    public static void main(String[] arguments) throws InterruptedException {
        if (List.of(arguments).contains("--help")) {
            System.out.print(Arguments.HELP);
            return;
        }
        try {
            var sandbox = start(Arguments.options(List.of(arguments), System.getenv()));
            Runtime.getRuntime().addShutdownHook(new Thread(sandbox::close));
            System.out.printf(
                    "stripe-sandbox at %s (%s, %s): no money moves%n", sandbox.apiBase(), SECRET_KEY, PUBLISHABLE_KEY);
            Thread.currentThread().join();
        } catch (IOException | UncheckedIOException | IllegalArgumentException | IllegalStateException e) {
            System.err.println("stripe-sandbox cannot start: " + e.getMessage());
            System.exit(1);
        }
    }

    /** The base address for Stripe's SDK. */
    public URI apiBase() {
        return http.base();
    }

    /** The address of the script that replaces Stripe.js in the browser. */
    public URI stubScript() {
        return http.base().resolve("/stripe.js");
    }

    /** The faults on request. Also at {@code /sandbox/faults}. */
    public Faults faults() {
        return faults;
    }

    /** Stops serving and sending. All answered requests are in the journal, and undelivered webhooks are sent after the next start. */
    @Override
    public void close() {
        ticker.close();
        http.close();
        letGo();
    }

    ApiRoutes routes() {
        return routes;
    }

    private void letGo() {
        delivery.close();
        if (journal != null) {
            journal.close();
        }
    }

    private void keep(List<ObjectNode> changed) {
        if (journal != null) {
            journal.append(changed);
        }
        delivery.release();
    }
}
