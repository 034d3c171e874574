package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Knows the operator by {@code Authorization: Bearer <token>}. For {@code /docs}, which is read in a browser, by the token as
 * a password, too: never for {@code /api}, since a browser sends a password for whatever page asks.
 */
final class OperatorFilter extends OncePerRequestFilter {
    static final String ROLE = "OPERATOR";

    private static final String BEARER = "Bearer ";
    private static final String BASIC = "Basic ";

    private final OperatorToken token;

    OperatorFilter(OperatorToken token) {
        this.token = token;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (Guard.isOperators(request) && given(request).filter(token::is).isPresent()) {
            var context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(
                    "operator", null, AuthorityUtils.createAuthorityList("ROLE_" + ROLE)));
            SecurityContextHolder.setContext(context);
        }
        chain.doFilter(request, response);
    }

    private static Optional<String> given(HttpServletRequest request) {
        var header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null) {
            return Optional.empty();
        }
        if (header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Optional.of(header.substring(BEARER.length()).strip());
        }
        if (isForBrowsers(request) && header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return password(header.substring(BASIC.length()).strip());
        }
        return Optional.empty();
    }

    private static Optional<String> password(String encoded) {
        try {
            var both = new String(Base64.getDecoder().decode(encoded), UTF_8);
            return Optional.of(both.substring(both.indexOf(':') + 1));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static String challenge(HttpServletRequest request) {
        return isForBrowsers(request) ? "Basic realm=\"operator token as password\", charset=\"UTF-8\"" : "Bearer";
    }

    private static boolean isForBrowsers(HttpServletRequest request) {
        return !request.getRequestURI().startsWith("/api");
    }
}
