package io.growalert.gateway;

import static org.springframework.web.servlet.function.RequestPredicates.path;

import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RequestPredicate;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** The gateway's own routes, as servlets. Any path without a backend is a page, or not found. */
class OwnRoutes {
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private static final Pattern STATUS = Pattern.compile(StatusApi.PREFIX + "[a-z0-9-]+(?:\\.json|\\.svg)?");

    private final RateLimit limit;
    private final GatewaySettings.Route pagesRoute;
    private final GatewaySettings.Route consoleRoute;

    OwnRoutes(RateLimit limit, GatewaySettings settings) {
        this.limit = limit;
        pagesRoute = settings.routes().pages();
        consoleRoute = settings.routes().console();
    }

    @Bean
    RouterFunction<ServerResponse> routing(Pages pages, HealthCheck health, StatusApi status) {
        return own("health", path("/health"), pagesRoute, health::answer)
                .and(own("health", path("/health/live"), pagesRoute, HealthCheck::live))
                .and(own("page-config", path("/page-config"), pagesRoute, pages::config))
                .and(own("console", path("/console").or(path("/console/**")), consoleRoute, pages::console))
                .and(own("status", OwnRoutes::isStatus, pagesRoute, status::answer))
                .and(own("pages", OwnRoutes::isRequest, pagesRoute, pages::page));
    }

    /** A page by its name; a style is a file like others. */
    private static boolean isStatus(ServerRequest request) {
        return isRequest(request) && STATUS.matcher(request.path()).matches();
    }

    /** An error page of the server is none. */
    private static boolean isRequest(ServerRequest request) {
        return request.servletRequest().getDispatcherType() == DispatcherType.REQUEST;
    }

    private RouterFunction<ServerResponse> own(
            String name,
            RequestPredicate requests,
            GatewaySettings.Route settings,
            HandlerFunction<ServerResponse> handler) {
        return RouterFunctions.route(requests, request -> {
            var exchange = Exchange.of(request.servletRequest());
            exchange.takes(name);
            exchange.endsWithin(settings.longest());
            if (!limit.allows(name, exchange.network(), settings.rate())) {
                return problem(GatewayProblem.TOO_MANY_REQUESTS, settings.rate().next());
            }
            if (!READING.contains(request.method())) {
                return problem(GatewayProblem.METHOD_NOT_ALLOWED, null);
            }
            return handler.handle(request);
        });
    }

    static ServerResponse problem(GatewayProblem problem, @Nullable Duration wait) {
        return ServerResponse.status(problem.status())
                .headers(headers -> {
                    headers.setCacheControl("no-store");
                    if (wait != null) {
                        headers.set(HttpHeaders.RETRY_AFTER, GatewayProblem.seconds(wait));
                    }
                    if (problem == GatewayProblem.METHOD_NOT_ALLOWED) {
                        headers.set(HttpHeaders.ALLOW, "GET, HEAD");
                    }
                })
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem.json());
    }
}
