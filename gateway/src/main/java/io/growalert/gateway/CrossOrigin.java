package io.growalert.gateway;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.URIUtil;

/**
 * Cross-origin requests (CORS). Without configured origins every preflight request is refused. With them, these origins may use
 * the customers API, and any other origin is refused there.
 */
final class CrossOrigin {
    private static final String METHODS = "GET,POST";
    private static final Set<String> ALLOWED_HEADERS =
            Set.of("content-type", "idempotency-key", Exchange.ID_HEADER.toLowerCase(Locale.ROOT));
    private static final String EXPOSED = HttpHeader.RETRY_AFTER.asString() + ", " + Exchange.ID_HEADER;
    private static final String REQUEST_METHOD = "Access-Control-Request-Method";
    private static final String REQUEST_HEADERS = "Access-Control-Request-Headers";

    private final RateLimit limit;
    private final List<String> origins;
    /** Of preflight requests, which are counted separately. */
    private final GatewaySettings.Rate rate;

    private final Duration slowest;

    CrossOrigin(GatewaySettings settings, RateLimit limit) {
        this.limit = limit;
        origins = settings.origins();
        rate = settings.routes().customers().rate();
        slowest = settings.slowest();
    }

    /** A cache must not answer one origin with the response to another. */
    void vary(Request request, Response response) {
        if (appliesTo(request)) {
            response.getHeaders().add(HttpHeader.VARY, "Origin");
        }
    }

    private boolean appliesTo(Request request) {
        return !origins.isEmpty() && RouteTable.isOfCustomers(Request.getPathInContext(request));
    }

    boolean refuses(Request request) {
        var origin = request.getHeaders().get(HttpHeader.ORIGIN);
        if (origin == null) {
            return false;
        }
        boolean preflight = isPreflight(request);
        if (!appliesTo(request)) {
            return preflight;
        }
        if (isOwn(origin, request)) {
            return false;
        }
        return !origins.contains(origin) || !isAllowed(request, preflight);
    }

    /**
     * Whether a browser sent the request for a page of this site: by {@code Origin}, or by {@code Sec-Fetch-Site} where that is
     * absent. A page can forge neither.
     */
    static boolean isSameOrigin(Request request) {
        var origin = request.getHeaders().get(HttpHeader.ORIGIN);
        return origin == null
                ? "same-origin".equals(request.getHeaders().get("Sec-Fetch-Site"))
                : isOwn(origin, request);
    }

    private static boolean isPreflight(Request request) {
        return request.getMethod().equals("OPTIONS") && request.getHeaders().contains(REQUEST_METHOD);
    }

    private static boolean isOwn(String origin, Request request) {
        var uri = request.getHttpURI();
        boolean isDefault = uri.getPort() <= 0 || uri.getPort() == URIUtil.getDefaultPortForScheme(uri.getScheme());
        var port = isDefault ? "" : ":" + uri.getPort();
        return origin.equalsIgnoreCase(uri.getScheme() + "://" + uri.getHost() + port);
    }

    private static boolean isAllowed(Request request, boolean preflight) {
        var method = preflight ? request.getHeaders().get(REQUEST_METHOD) : request.getMethod();
        if (!List.of("GET", "HEAD", "POST").contains(method)) {
            return false;
        }
        return !preflight
                || request.getHeaders().getCSV(REQUEST_HEADERS, true).stream()
                        .allMatch(name -> ALLOWED_HEADERS.contains(name.toLowerCase(Locale.ROOT)));
    }

    /**
     * Adds the headers for an allowed origin, and answers a preflight request.
     *
     * @return whether the request was answered
     */
    boolean handle(Request request, Response response, Callback callback) {
        var origin = request.getHeaders().get(HttpHeader.ORIGIN);
        if (origin == null || !origins.contains(origin) || !appliesTo(request)) {
            return false;
        }
        var headers = response.getHeaders();
        headers.put("Access-Control-Allow-Origin", origin);
        headers.put("Access-Control-Allow-Credentials", "true");
        headers.put("Access-Control-Expose-Headers", EXPOSED);
        if (!isPreflight(request)) {
            return false;
        }
        var exchange = Exchange.of(request);
        exchange.endsWithin(slowest);
        var drain = new Drain(request, callback);
        if (!limit.allows("preflight", exchange.network(), rate)) {
            GatewayProblem.TOO_MANY_REQUESTS.answer(request, response, drain, rate.next());
            return true;
        }
        headers.put("Access-Control-Allow-Methods", METHODS);
        var requested = request.getHeaders().get(REQUEST_HEADERS);
        if (requested != null) {
            headers.put("Access-Control-Allow-Headers", requested);
        }
        headers.put(request.getConnectionMetaData().getConnector().getServer().getDateField());
        BrowserPolicy.bind(headers, request.isSecure());
        response.write(true, null, drain);
        return true;
    }
}
