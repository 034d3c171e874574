package io.growalert.gateway;

import static org.springframework.cloud.gateway.server.mvc.filter.BeforeFilterFunctions.uri;
import static org.springframework.cloud.gateway.server.mvc.filter.CircuitBreakerFilterFunctions.circuitBreaker;
import static org.springframework.cloud.gateway.server.mvc.handler.GatewayRouterFunctions.route;
import static org.springframework.cloud.gateway.server.mvc.handler.HandlerFunctions.http;
import static org.springframework.web.servlet.function.RequestPredicates.GET;
import static org.springframework.web.servlet.function.RequestPredicates.HEAD;
import static org.springframework.web.servlet.function.RequestPredicates.path;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.growalert.runtime.loop.LoopHealth;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RequestPredicate;
import org.springframework.web.servlet.function.RequestPredicates;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** Which request goes where; what is not here is not there. */
class Routes {
    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

    /** What billing answers with the help of Stripe. */
    private static final List<String> WITH_STRIPE =
            List.of("/create-customer", "/create-subscription", "/charge", "/cancel-subscription");
    /** What it answers from its own records when it is read. */
    private static final List<String> READ = List.of("/config", "/subscription");
    /** Also without Stripe. */
    private static final List<String> SIGN_IN = List.of("/sign-in", "/sign-in/confirm", "/sign-out", "/renew-session");

    static final List<String> CUSTOMERS =
            Stream.of(WITH_STRIPE, READ, SIGN_IN).flatMap(List::stream).toList();

    private final Limit limit;
    private final Bodies bodies;
    private final Breakers breakers;

    Routes(Limit limit, Bodies bodies, Breakers breakers) {
        this.limit = limit;
        this.bodies = bodies;
        this.breakers = breakers;
    }

    @Bean
    LoopHealth connectionsHealthIndicator(ServerLimits limits) {
        return new LoopHealth(List.of(limits.overdueRequests()));
    }

    @Bean
    RouterFunction<ServerResponse> routing(
            Backends backends, GatewaySettings settings, Pages pages, HealthCheck health) {
        var routes = settings.routes();
        return billing(backends, routes)
                // a mute is set on a monitor, but the dispatcher keeps it
                .and(to(backends.monitors(), "api-monitors", path("/api/monitors"), routes.api()))
                .and(to(backends.dispatcher(), "api-dispatcher", path("/api/**"), routes.api()))
                .and(own("health", path("/health"), routes.pages(), health::answer))
                .and(own("page-config", path("/page-config"), routes.pages(), pages::config))
                .and(own("pages", Routes::isAsked, routes.pages(), pages::page));
    }

    private RouterFunction<ServerResponse> billing(Backends backends, GatewaySettings.Routes routes) {
        var webhook = path("/webhook");
        var operators = path("/api/billing/**");
        return backends.billing()
                .map(billing -> customers(billing, routes.customers())
                        .and(to(billing, "webhook", webhook, routes.webhook()))
                        .and(to(billing, "api-billing", operators, routes.api())))
                .orElseGet(() -> none("no-billing", any(CUSTOMERS).or(webhook).or(operators), routes.pages()));
    }

    /**
     * Three routes, so that a Stripe that hangs keeps nobody from what billing answers without it. To a client they are one: they
     * have the same settings, and its requests to them are counted together.
     */
    private RouterFunction<ServerResponse> customers(Backend billing, GatewaySettings.Route settings) {
        var reading = any(READ).and(GET("/**").or(HEAD("/**")));
        return to(billing, "customers-read", "customers", reading, settings)
                .and(to(billing, "customers-sign-in", "customers", any(SIGN_IN), settings))
                .and(to(billing, "customers", any(WITH_STRIPE).or(any(READ)), settings));
    }

    private static RequestPredicate any(List<String> paths) {
        return paths.stream()
                .map(RequestPredicates::path)
                .reduce(RequestPredicate::or)
                .orElseThrow();
    }

    private RouterFunction<ServerResponse> to(
            Backend backend, String name, RequestPredicate requests, GatewaySettings.Route settings) {
        return to(backend, name, name, requests, settings);
    }

    /** @param counted the name under which the requests of an address are counted */
    private RouterFunction<ServerResponse> to(
            Backend backend, String name, String counted, RequestPredicate requests, GatewaySettings.Route settings) {
        var lane = backend.lane(name, settings);
        return route(name)
                .route(requests, http())
                .before(request -> Doorstep.named(name, request))
                .filter((request, next) -> answered(request, next))
                .filter(limit.filter(counted, settings))
                .filter(bodies.filter(settings.body()))
                .before(Routes::readable)
                .before(request -> Backends.aim(request, lane))
                .before(uri(backend.url()))
                .filter(circuitBreaker(name))
                .build();
    }

    private RouterFunction<ServerResponse> own(
            String name,
            RequestPredicate requests,
            GatewaySettings.Route settings,
            HandlerFunction<ServerResponse> handler) {
        return route(name)
                .route(requests.and(GET("/**").or(HEAD("/**"))), handler)
                .route(requests, _ -> {
                    throw new Refusal(Problem.METHOD_NOT_ALLOWED, Map.of(HttpHeaders.ALLOW, "GET, HEAD"), null);
                })
                .before(request -> Doorstep.named(name, request))
                .before(request -> endsWithin(settings.longest(), request))
                .filter((request, next) -> answered(request, next))
                .filter(limit.filter(name, settings))
                .build();
    }

    private RouterFunction<ServerResponse> none(
            String name, RequestPredicate requests, GatewaySettings.Route settings) {
        return route(name)
                .route(requests, _ -> {
                    throw Problem.NOT_FOUND.refusal();
                })
                .before(request -> Doorstep.named(name, request))
                .before(request -> endsWithin(settings.longest(), request))
                .filter((request, next) -> answered(request, next))
                .filter(limit.filter(name, settings))
                .build();
    }

    private static ServerRequest endsWithin(Duration time, ServerRequest request) {
        Connection.CURRENT.get().endsWithin(time);
        return request;
    }

    /** The framework reads the query, and cannot read every one. */
    private static ServerRequest readable(ServerRequest request) {
        try {
            request.servletRequest().getParameterMap();
            return request;
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new Refusal(Problem.BAD_REQUEST, e);
        }
    }

    /** What the container says of a request that it refused is no request. */
    private static boolean isAsked(ServerRequest request) {
        return request.servletRequest().getDispatcherType() == DispatcherType.REQUEST;
    }

    /** Whatever becomes of a request, somebody who asked is told. */
    private ServerResponse answered(ServerRequest request, HandlerFunction<ServerResponse> next) {
        try {
            return next.handle(request);
        } catch (Exception e) {
            var refusal = refusal(e);
            if (refusal.problem() == Problem.INTERNAL_ERROR) {
                LOG.atError().setCause(e).log("Request failed with an internal error");
            } else {
                LOG.atDebug()
                        .addKeyValue("problem", refusal.problem().code())
                        .addKeyValue("cause", refusal.getCause())
                        .log("Request refused");
            }
            return refusal.response();
        }
    }

    private Refusal refusal(Exception thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof Refusal refusal) {
                return refusal;
            }
            if (cause instanceof RequestRejectedException rejected) {
                // Spring Security looks at a header when somebody reads it
                return new Refusal(Problem.BAD_REQUEST, rejected);
            }
            if (cause instanceof CallNotPermittedException open) {
                return Refusal.retryAfter(Problem.BACKEND_UNAVAILABLE, breakers.pause(), open);
            }
        }
        return Problem.INTERNAL_ERROR.refusal();
    }
}
