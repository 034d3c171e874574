package io.growalert.billing.customer.api;

import io.growalert.billing.customer.settings.CustomerSettings;
import io.growalert.billing.problem.BillingProblem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses changes from other sites (CSRF). A client that is not a browser sends neither header, and only a cookie that it was given.
 */
@Component
final class SameOrigin implements HandlerInterceptor {
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    private final Set<String> origins;

    SameOrigin(CustomerSettings settings) {
        origins = settings.origins().stream().map(SameOrigin::normal).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!READING.contains(request.getMethod()) && !fromHere(request)) {
            throw BillingProblem.ORIGIN_REFUSED.because("posts from other sites are refused");
        }
        return true;
    }

    private boolean fromHere(HttpServletRequest request) {
        var origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null) {
            var normal = normal(origin);
            return normal.equals(here(request)) || origins.contains(normal);
        }
        var site = request.getHeader("Sec-Fetch-Site");
        return site == null || site.equals("same-origin");
    }

    /** The origin as the browser sees it: the server applies a trusted proxy's forwarding headers. */
    private static String here(HttpServletRequest request) {
        return normal("%s://%s:%d".formatted(request.getScheme(), request.getServerName(), request.getServerPort()));
    }

    /** In lower case, without a default port. */
    private static String normal(String origin) {
        var small = origin.toLowerCase(Locale.ROOT);
        var port = small.startsWith("https:") ? ":443" : ":80";
        return small.endsWith(port) ? small.substring(0, small.length() - port.length()) : small;
    }
}
