package io.growalert.gateway;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.cloud.gateway.server.mvc.filter.HttpHeadersFilter.RequestHttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.util.StringUtils;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * The headers of a request as a backend gets them: who asks, and under which name, is what the gateway saw. What a client, or
 * a proxy that is not configured, says about that is left out, as is what is meant for one connection only.
 */
final class Forwarding implements RequestHttpHeadersFilter, Ordered {
    private static final Set<String> NOT_PASSED = Set.of(
            "connection",
            "content-length",
            "expect",
            "forwarded",
            "host",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "x-real-ip",
            "x-request-id");

    @Override
    public HttpHeaders apply(HttpHeaders input, ServerRequest request) {
        // as they came: what the framework makes of them has another Content-Type, and no Connection any more
        var servletRequest = request.servletRequest();
        var nominated = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        servletRequest
                .getHeaders(HttpHeaders.CONNECTION)
                .asIterator()
                .forEachRemaining(
                        value -> nominated.addAll(StringUtils.commaDelimitedListToSet(value.replace(" ", ""))));
        // billing asks for the token again, and the others need not know it
        boolean operators = Guard.isOperators(servletRequest)
                && !servletRequest.getRequestURI().startsWith("/api/billing/");
        var passed = new HttpHeaders();
        servletRequest.getHeaderNames().asIterator().forEachRemaining(name -> {
            var small = name.toLowerCase(Locale.ROOT);
            boolean token = operators && small.equals("authorization");
            if (!NOT_PASSED.contains(small)
                    && !small.startsWith("x-forwarded-")
                    && !nominated.contains(name)
                    && !token) {
                servletRequest.getHeaders(name).asIterator().forEachRemaining(value -> passed.add(name, value));
            }
        });
        passed.set("X-Forwarded-For", Network.remote(servletRequest));
        passed.set("X-Forwarded-Proto", servletRequest.getScheme());
        passed.set("X-Forwarded-Host", servletRequest.getServerName());
        passed.set("X-Forwarded-Port", Integer.toString(servletRequest.getServerPort()));
        passed.set(Doorstep.ID_HEADER, Doorstep.idOf(servletRequest));
        return passed;
    }

    /** After the others: what they made of the same headers does not count. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
