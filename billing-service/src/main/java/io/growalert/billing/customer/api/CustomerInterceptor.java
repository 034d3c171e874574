package io.growalert.billing.customer.api;

import io.growalert.billing.customer.idempotency.RequestLeases;
import io.growalert.runtime.http.ProblemAdvice;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Applies to all requests of customers: checks their origin, forbids caching, ends their leases, and counts them. */
@Component
public final class CustomerInterceptor implements WebMvcConfigurer, HandlerInterceptor {
    public static final Set<String> PATHS = Set.of(
            "/config",
            "/create-customer",
            "/create-subscription",
            "/subscription",
            "/cancel-subscription",
            "/charge",
            "/account",
            "/account/export",
            "/subscription/preview",
            "/subscription/change",
            "/subscription/resume",
            "/payment-method",
            "/invoices",
            "/invoices/{id}/pay",
            "/email",
            "/email/confirm",
            "/portal-session",
            "/orders",
            "/orders/{id}/shipping",
            "/renew-session",
            "/sign-in",
            "/sign-in/confirm",
            "/sign-out");

    private final SameOrigin sameOrigin;
    private final RequestLeases leases;
    private final MeterRegistry meters;

    CustomerInterceptor(SameOrigin sameOrigin, RequestLeases leases, MeterRegistry meters) {
        this.sameOrigin = sameOrigin;
        this.leases = leases;
        this.meters = meters;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        // first, so that it counts refused requests too
        registry.addInterceptor(this).addPathPatterns(List.copyOf(PATHS));
        registry.addInterceptor(sameOrigin).addPathPatterns("/**").excludePathPatterns("/webhook");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        return true;
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception e) {
        leases.endOf(Thread.currentThread());
        // the pattern, since a path has many spellings
        var endpoint = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        var problem = request.getAttribute(ProblemAdvice.ATTRIBUTE);
        meters.counter(
                        "growalert.billing.requests",
                        "method",
                        request.getMethod(),
                        "endpoint",
                        Objects.requireNonNullElse(endpoint, "").toString(),
                        "outcome",
                        Objects.requireNonNullElse(problem, response.getStatus())
                                .toString())
                .increment();
    }
}
