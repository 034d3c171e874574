package io.growalert.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jetty.http.pathmap.ServletPathSpec;
import org.eclipse.jetty.http.pathmap.UriTemplatePathSpec;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.util.Callback;

/** Which path goes to which backend. Paths that are not here are the gateway's own, or not found; see {@link OwnRoutes}. */
final class RouteTable {
    /** Billing needs Stripe for these. */
    private static final List<String> WITH_STRIPE = List.of(
            "/create-customer",
            "/create-subscription",
            "/charge",
            "/cancel-subscription",
            "/account",
            "/subscription/preview",
            "/subscription/change",
            "/subscription/resume",
            "/payment-method",
            "/email/confirm",
            "/portal-session");
    /** Billing reads these from its own records. */
    private static final List<String> READ =
            List.of("/config", "/subscription", "/orders", "/invoices", "/account/export");
    /** Billing serves these without Stripe. */
    private static final List<String> SIGN_IN =
            List.of("/sign-in", "/sign-in/confirm", "/sign-out", "/renew-session", "/email");
    /** Billing serves these without Stripe, too; they have the id of an object. */
    private static final List<String> OF_OBJECTS = List.of("/orders/{id}/shipping");
    /** As {@link #WITH_STRIPE}, with the id of an object. */
    private static final List<String> OF_OBJECTS_WITH_STRIPE = List.of("/invoices/{id}/pay");

    private static final String WEBHOOK = "/webhook";
    private static final String ACK = "/ack/*";
    private static final String BILLING = "/api/billing/*";
    private static final String HISTORY = "/api/history/*";
    private static final String LIVE = "/api/live";
    /** As it is the audience of an identity. */
    static final String HISTORY_SERVICE = "history-service";

    static final List<String> CUSTOMERS =
            Stream.of(WITH_STRIPE, READ, SIGN_IN).flatMap(List::stream).toList();
    private static final List<UriTemplatePathSpec> CUSTOMERS_OBJECTS =
            ofObjects().map(UriTemplatePathSpec::new).toList();

    private final PathMappingsHandler handler = new PathMappingsHandler(false);
    private final List<String> paths = new ArrayList<>();
    private final GatewaySettings.Routes settings;
    private final Lane.Shared shared;

    RouteTable(
            GatewaySettings settings, Backends backends, SessionApi sessions, LiveStreams streams, Lane.Shared shared) {
        this.settings = settings.routes();
        this.shared = shared;
        map(SessionApi.PATH, sessions);
        billing(backends.billing());
        history(backends.history(), streams);
        // a mute belongs to a monitor, and is stored by the dispatcher
        var monitors = api("api-monitors", "monitor-service", backends.monitors());
        map("/api/monitors", monitors);
        mapTemplate("/api/monitors/{id}/run", monitors);
        map("/api/*", api("api-dispatcher", "alert-dispatcher", backends.dispatcher()));
        map("/api/gateway/*", new Unrouted());
        // links in messages, which have a signed token
        map(ACK, new Lane(new Lane.Name("ack", "ack", null), backends.dispatcher(), this.settings.ack(), shared));
    }

    private static Stream<String> ofObjects() {
        return Stream.concat(OF_OBJECTS.stream(), OF_OBJECTS_WITH_STRIPE.stream());
    }

    /** Whether it is a path of the customers API. */
    static boolean isOfCustomers(String path) {
        return CUSTOMERS.contains(path) || CUSTOMERS_OBJECTS.stream().anyMatch(template -> template.matches(path));
    }

    /** Handles requests with a backend, and leaves others to the next handler. */
    Handler handler() {
        return handler;
    }

    /** All paths, as they are mapped. */
    List<String> paths() {
        return List.copyOf(paths);
    }

    private void billing(Optional<Backend> billing) {
        billing.ifPresent(backend -> {
            customers(backend);
            map(WEBHOOK, new Lane(new Lane.Name("webhook", "webhook", null), backend, settings.webhook(), shared));
            map(BILLING, api("api-billing", "billing-service", backend));
        });
        if (billing.isEmpty()) {
            var none = new Absent("no-billing", GatewayProblem.NOT_FOUND);
            Stream.concat(CUSTOMERS.stream(), Stream.of(WEBHOOK, BILLING)).forEach(path -> map(path, none));
            ofObjects().forEach(path -> mapTemplate(path, none));
        }
    }

    private void history(Optional<Backend> history, LiveStreams streams) {
        history.ifPresentOrElse(
                backend -> {
                    map(HISTORY, api("api-history", HISTORY_SERVICE, backend));
                    map(LIVE, new LiveLane(HISTORY_SERVICE, backend, settings.live(), streams, shared));
                },
                () -> {
                    var none = new Absent("no-history", GatewayProblem.HISTORY_NOT_CONFIGURED);
                    map(HISTORY, none);
                    map(LIVE, none);
                });
    }

    /**
     * Three lanes, so that a hanging Stripe does not block the routes that do not need it. For a client they are one: they have the
     * same settings, and its requests to them are counted together.
     */
    private void customers(Backend billing) {
        var rest = customers("customers", billing);
        var signIn = customers("customers-sign-in", billing);
        var reads = new ByMethod(customers("customers-read", billing), rest);
        WITH_STRIPE.forEach(path -> map(path, rest));
        SIGN_IN.forEach(path -> map(path, signIn));
        OF_OBJECTS.forEach(path -> mapTemplate(path, signIn));
        OF_OBJECTS_WITH_STRIPE.forEach(path -> mapTemplate(path, rest));
        READ.forEach(path -> map(path, reads));
    }

    private Lane customers(String name, Backend billing) {
        return new Lane(new Lane.Name(name, "customers", null), billing, settings.customers(), shared);
    }

    /** @param service as it is the audience of an identity */
    private Lane api(String name, String service, Backend backend) {
        return new Lane(new Lane.Name(name, name, service), backend, settings.api(), shared);
    }

    private void map(String path, Handler lane) {
        paths.add(path);
        handler.addMapping(new ServletPathSpec(path), lane);
    }

    private void mapTemplate(String path, Handler lane) {
        paths.add(path);
        handler.addMapping(new UriTemplatePathSpec(path), lane);
    }

    /** {@code GET} and {@code HEAD} take one lane, all other methods another. */
    private static final class ByMethod extends Handler.Sequence {
        private final Handler reads;
        private final Handler rest;

        ByMethod(Handler reads, Handler rest) {
            super(reads, rest);
            this.reads = reads;
            this.rest = rest;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            var method = request.getMethod();
            var lane = method.equals("GET") || method.equals("HEAD") ? reads : rest;
            return lane.handle(request, response, callback);
        }
    }

    /** Responds to the routes of a service that is not there. */
    private final class Absent extends Handler.Abstract.NonBlocking {
        private final String route;
        private final GatewayProblem problem;

        /** @param route of the metrics and the access log */
        Absent(String route, GatewayProblem problem) {
            this.route = route;
            this.problem = problem;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            var exchange = Exchange.of(request);
            exchange.takes(route);
            exchange.endsWithin(shared.bodies().slowest());
            var drain = new Drain(request, callback);
            var rate = settings.pages().rate();
            if (shared.limit().allows(route, exchange.network(), rate)) {
                problem.answer(request, response, drain);
            } else {
                GatewayProblem.TOO_MANY_REQUESTS.answer(request, response, drain, rate.next());
            }
            return true;
        }
    }

    /** One of the gateway's own paths below those of a backend. */
    private static final class Unrouted extends Handler.Abstract.NonBlocking {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            return false;
        }
    }
}
