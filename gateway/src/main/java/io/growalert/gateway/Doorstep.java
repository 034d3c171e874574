package io.growalert.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * Every request gets an id, which the client may choose, and a line in the access log: route, method, status and time, and
 * from which network roughly. No path, no query, no cookies and no whole address: they can tell who somebody is.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class Doorstep extends OncePerRequestFilter {
    static final String ID_HEADER = "X-Request-Id";

    private static final String ID = Doorstep.class.getName() + ".id";
    private static final String BROKEN_OFF = Doorstep.class.getName() + ".brokenOff";
    private static final String ROUTE = Doorstep.class.getName() + ".route";
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._-]{8,64}");
    private static final Logger ACCESS = LoggerFactory.getLogger("io.growalert.gateway.access");
    private static final Logger LOG = LoggerFactory.getLogger(Doorstep.class);

    private final MeterRegistry meters;
    private final Refused refused;

    Doorstep(MeterRegistry meters, Refused refused) {
        this.meters = meters;
        this.refused = refused;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var start = System.nanoTime();
        Connection.CURRENT.get().asked();
        var given = request.getHeader(ID_HEADER);
        var id = given != null && SANE.matcher(given).matches()
                ? given
                : UUID.randomUUID().toString();
        request.setAttribute(ID, id);
        response.setHeader(ID_HEADER, id);
        try (var _ = MDC.putCloseable("requestId", id)) {
            passOn(request, response, chain);
        } finally {
            Connection.CURRENT.get().endsSoon();
            note(request, response, id, Duration.ofNanos(System.nanoTime() - start));
        }
    }

    /**
     * The container would answer an exception only after the request was counted and logged, with a stack trace for each. Here it
     * has its status in both, and is limited by address like everything that is refused before it has a route.
     */
    private void passOn(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            chain.doFilter(request, response);
        } catch (ServletException | IOException | RuntimeException e) {
            if (response.isCommitted() || request.getAttribute(BROKEN_OFF) != null) {
                throw e;
            }
            response.resetBuffer();
            if (refused.answer(Problem.INTERNAL_ERROR, request, response)) {
                LOG.atError().setCause(e).log("Request failed with an internal error");
            }
        }
    }

    /** Answers what the container refused. A request that passed here before is counted and logged already. */
    void refuse(HttpServletRequest request, HttpServletResponse response, int status) throws IOException {
        if (request.getAttribute(ID) != null) {
            Problem.of(status).answer(response, status);
            return;
        }
        var id = UUID.randomUUID().toString();
        response.setHeader(ID_HEADER, id);
        refused.answer(status, request, response);
        note(request, response, id, Duration.ZERO);
    }

    private void note(HttpServletRequest request, HttpServletResponse response, String id, Duration time) {
        var route = request.getAttribute(ROUTE) instanceof String name ? name : "none";
        Timer.builder("growalert.gateway.requests")
                .tag("route", route)
                .tag("status", Integer.toString(response.getStatus()))
                .register(meters)
                .record(time);
        var line = ACCESS.atInfo();
        if (request.getAttribute(BROKEN_OFF) instanceof String brokenOff) {
            line = line.addKeyValue("brokenOff", brokenOff);
        }
        line.addKeyValue("requestId", id)
                .addKeyValue("route", route)
                .addKeyValue("method", methodOf(request))
                .addKeyValue("status", response.getStatus())
                .addKeyValue("ms", time.toMillis())
                .addKeyValue("network", Network.roughly(request))
                .log("Answered");
    }

    private static String methodOf(HttpServletRequest request) {
        var method = String.valueOf(request.getMethod());
        return METHODS.contains(method) ? method : "other";
    }

    /** Notes which route a request took. */
    static ServerRequest named(String route, ServerRequest request) {
        request.servletRequest().setAttribute(ROUTE, route);
        return request;
    }

    /** Notes because of whom an answer did not pass whole. */
    static void brokenOff(String whom, HttpServletRequest request) {
        request.setAttribute(BROKEN_OFF, whom);
    }

    static String idOf(HttpServletRequest request) {
        return String.valueOf(request.getAttribute(ID));
    }
}
