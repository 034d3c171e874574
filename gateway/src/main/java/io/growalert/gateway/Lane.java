package io.growalert.gateway;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One route to a backend: rate limit, body, circuit breaker, permits, then a {@link Call}. Each lane has its own circuit breaker
 * and permits, so that a lane that hangs does not affect the others.
 */
final class Lane extends Handler.Abstract.NonBlocking {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private final Name name;
    private final Backend backend;
    private final GatewaySettings.Route settings;
    private final GatewaySettings.Rate rate;
    private final int largestBody;
    private final Shared shared;
    private final CircuitBreaker breaker;
    private final Semaphore free;

    /**
     * @param route of the metrics and the access log
     * @param counted the kind of request that the rate limit counts
     * @param service that gets the operator's identity, signed for it, as {@code Authorization}; null for a route that is open to
     *     all, on which the client's own passes
     */
    record Name(String route, String counted, @Nullable String service) {}

    /** The parts that all lanes share. */
    record Shared(
            RateLimit limit,
            Bodies bodies,
            Breakers breakers,
            BrowserPolicy policy,
            IdentitySigner identities,
            MeterRegistry meters) {}

    Lane(Name name, Backend backend, GatewaySettings.Route settings, Shared shared) {
        this.name = name;
        this.backend = backend;
        this.settings = settings;
        this.shared = shared;
        rate = settings.rate();
        largestBody = Math.toIntExact(settings.body().toBytes());
        breaker = shared.breakers.of(name.route);
        free = new Semaphore(backend.addRoute());
        shared.meters.gauge(
                "growalert.gateway.backend.free",
                List.of(Tag.of("backend", backend.name()), Tag.of("route", name.route)),
                free,
                Semaphore::availablePermits);
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

    Bodies bodies() {
        return shared.bodies;
    }

    BrowserPolicy policy() {
        return shared.policy;
    }

    CircuitBreaker breaker() {
        return breaker;
    }

    /** The operator's identity as {@code Authorization}; null on a route that is open to all. */
    @Nullable
    String identity(Exchange exchange) {
        return name.service == null ? null : shared.identities.bearer(exchange.operator(), name.service);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        var exchange = Exchange.of(request);
        exchange.takes(name.route);
        if (!shared.limit.allows(name.counted, exchange.network(), rate)) {
            refuse(GatewayProblem.TOO_MANY_REQUESTS, request, response, callback, rate.next());
            return true;
        }
        shared.bodies.read(request, exchange, largestBody, new Bodies.Receiver() {
            @Override
            public void complete(Bodies.Body body) {
                forward(request, response, callback, body);
            }

            @Override
            public void refused(GatewayProblem problem) {
                boolean busy = problem == GatewayProblem.BACKEND_BUSY;
                refuse(problem, request, response, callback, busy ? Duration.ofSeconds(1) : null);
            }
        });
        return true;
    }

    private void forward(Request request, Response response, Callback callback, Bodies.Body body) {
        if (!Queries.isReadable(request.getHttpURI().getQuery())) {
            body.close();
            refuse(GatewayProblem.BAD_REQUEST, request, response, callback, null);
        } else if (!breaker.tryAcquirePermission()) {
            body.close();
            var pause = shared.breakers.pause();
            refuse(GatewayProblem.BACKEND_UNAVAILABLE, request, response, callback, pause);
        } else if (!free.tryAcquire()) {
            breaker.releasePermission();
            body.close();
            refuse(GatewayProblem.BACKEND_BUSY, request, response, callback, Duration.ofSeconds(1));
        } else {
            // the call has its own deadline, after which the client gets a problem or a cut response
            var exchange = Exchange.of(request);
            exchange.endsWithin(settings.longest().plus(shared.bodies.slowest()));
            exchange.waits();
            new Call(this, request, response, callback, body).send();
        }
    }

    private void refuse(
            GatewayProblem problem, Request request, Response response, Callback callback, @Nullable Duration wait) {
        Exchange.of(request).endsWithin(shared.bodies.slowest());
        LOG.atDebug().addKeyValue("problem", problem.code()).log("Request refused");
        problem.answer(request, response, new Drain(request, callback), wait);
    }

    /** The backend has completed a call; the client reads the rest. */
    void returned(Exchange exchange) {
        free.release();
        exchange.endsWithin(shared.bodies.slowest());
    }
}
