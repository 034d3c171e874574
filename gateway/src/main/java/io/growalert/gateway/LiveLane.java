package io.growalert.gateway;

import java.time.Duration;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The route of server-sent events. A stream lasts for minutes: it has a separate limit and no circuit breaker, and only silence
 * of the service is a failure.
 */
final class LiveLane extends Handler.Abstract.NonBlocking {
    private static final String ROUTE = "live";

    private final String service;
    private final Backend backend;
    private final GatewaySettings.Route settings;
    private final LiveStreams streams;
    private final Lane.Shared shared;

    /** @param service as it is the audience of an identity */
    LiveLane(String service, Backend backend, GatewaySettings.Route settings, LiveStreams streams, Lane.Shared shared) {
        this.service = service;
        this.backend = backend;
        this.settings = settings;
        this.streams = streams;
        this.shared = shared;
        backend.addRoute(streams.most());
    }

    @Override
    protected void doStart() throws Exception {
        backend.start();
        super.doStart();
    }

    Backend backend() {
        return backend;
    }

    GatewaySettings.Route settings() {
        return settings;
    }

    LiveStreams streams() {
        return streams;
    }

    BrowserPolicy policy() {
        return shared.policy();
    }

    Duration slowest() {
        return shared.bodies().slowest();
    }

    String identity(Exchange exchange) {
        return shared.identities().bearer(exchange.operator(), service);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        var exchange = Exchange.of(request);
        exchange.takes(ROUTE);
        exchange.endsWithin(slowest());
        var drain = new Drain(request, callback);
        var rate = settings.rate();
        if (!shared.limit().allows(ROUTE, exchange.network(), rate)) {
            GatewayProblem.TOO_MANY_REQUESTS.answer(request, response, drain, rate.next());
        } else if (!request.getMethod().equals("GET")) {
            response.getHeaders().put(HttpHeader.ALLOW, "GET");
            GatewayProblem.METHOD_NOT_ALLOWED.answer(request, response, drain);
        } else if (request.getLength() > 0
                || !Queries.isReadable(request.getHttpURI().getQuery())) {
            GatewayProblem.BAD_REQUEST.answer(request, response, drain);
        } else {
            var call = new LiveCall(this, request, response, callback);
            if (streams.add(call)) {
                exchange.endsWithin(settings.longest().plus(slowest()));
                call.send();
            } else {
                GatewayProblem.BACKEND_BUSY.answer(request, response, drain, Duration.ofSeconds(1));
            }
        }
        return true;
    }
}
