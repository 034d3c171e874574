package io.growalert.gateway;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Authenticates the operator to the servlets by the operator token; see {@link Operators}. */
final class OperatorFilter extends OncePerRequestFilter {
    static final String ROLE = "OPERATOR";

    private final TokenDigest token;

    OperatorFilter(TokenDigest token) {
        this.token = token;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (Operators.owns(request.getRequestURI())
                && given(request).filter(token::matches).isPresent()) {
            var context = SecurityContextHolder.createEmptyContext();
            context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(
                    "operator", null, AuthorityUtils.createAuthorityList("ROLE_" + ROLE)));
            SecurityContextHolder.setContext(context);
        }
        chain.doFilter(request, response);
    }

    private static Optional<String> given(HttpServletRequest request) {
        boolean browser = !Operators.isApi(request.getRequestURI());
        return Operators.token(request.getHeader(HttpHeaders.AUTHORIZATION), browser);
    }
}
