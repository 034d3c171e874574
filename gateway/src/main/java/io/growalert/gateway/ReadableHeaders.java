package io.growalert.gateway;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses headers that Spring MVC cannot read, such as an unknown charset. It reads them before it looks for a route, and so before
 * any rate limit, and fails.
 */
final class ReadableHeaders extends OncePerRequestFilter {
    private static final Logger LOG = LoggerFactory.getLogger(ReadableHeaders.class);

    private final Refusals refusals;

    ReadableHeaders(Refusals refusals) {
        this.refusals = refusals;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (isReadable(request)) {
            chain.doFilter(request, response);
        } else {
            // what the client sent is not logged
            LOG.atDebug().log("Request refused: unreadable headers");
            refusals.answer(400, request, response);
        }
    }

    /** Reads them as Spring MVC does. */
    private static boolean isReadable(HttpServletRequest request) {
        try {
            new ServletServerHttpRequest(request).getHeaders();
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
