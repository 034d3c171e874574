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
 * Refuses headers that Spring MVC cannot read, such as {@code Content-Type: text/*}. It reads them before it looks for a route, and
 * so before any limit, and fails.
 */
final class ReadableHeaders extends OncePerRequestFilter {
    private static final Logger LOG = LoggerFactory.getLogger(ReadableHeaders.class);

    private final Refused refused;

    ReadableHeaders(Refused refused) {
        this.refused = refused;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (isReadable(request)) {
            chain.doFilter(request, response);
        } else {
            // what the client sent is not logged
            LOG.atDebug().log("Request refused: unreadable headers");
            refused.answer(Problem.BAD_REQUEST, request, response);
        }
    }

    /** By what Spring MVC itself reads them with. */
    private static boolean isReadable(HttpServletRequest request) {
        try {
            new ServletServerHttpRequest(request).getHeaders();
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
