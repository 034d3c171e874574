package io.growalert.billing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.billing.problem.BillingProblem;
import io.growalert.definitions.Secret;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.MessageDigest;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Restricts {@code /api/billing}, which erases and repairs, to operators: with the operator token, where one is set; without
 * one, to programs on this machine. No browsers then, since any web page can send requests to any host name of this machine.
 */
final class OperatorAccess implements WebMvcConfigurer, HandlerInterceptor {
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]", "0:0:0:0:0:0:0:1");
    private static final String SCHEME = "Bearer ";

    private final Secret token;

    OperatorAccess(Secret token) {
        this.token = token;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/api/billing/**");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (token.value().isEmpty()) {
            requireLocalProgram(request);
        } else {
            requireToken(request);
        }
        return true;
    }

    private void requireToken(HttpServletRequest request) {
        var given = request.getHeader(HttpHeaders.AUTHORIZATION);
        var expected = (SCHEME + token.value()).getBytes(UTF_8);
        if (given == null || !MessageDigest.isEqual(expected, given.getBytes(UTF_8))) {
            throw BillingProblem.OPERATOR_TOKEN_REFUSED.because(
                    "expected Authorization: Bearer with the operator token");
        }
    }

    private static void requireLocalProgram(HttpServletRequest request) {
        if (request.getHeader(HttpHeaders.ORIGIN) != null || request.getHeader("Sec-Fetch-Site") != null) {
            throw BillingProblem.OPERATORS_ONLY.because("browsers have access only when an operator token is set");
        }
        if (!THIS_MACHINE.contains(request.getServerName())) {
            throw BillingProblem.OPERATORS_ONLY.because(
                    "host %s: only 127.0.0.1 and localhost have access, unless an operator token is set"
                            .formatted(request.getServerName()));
        }
    }
}
