package io.growalert.billing.customer;

import io.growalert.runtime.http.ProblemAdvice;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** What all requests of customers pass: where they are from, that nobody keeps the answers, and how they are counted. */
@Component
final class Door implements WebMvcConfigurer, HandlerInterceptor {
    static final String[] CUSTOMERS = {
        "/config",
        "/create-customer",
        "/create-subscription",
        "/subscription",
        "/cancel-subscription",
        "/charge",
        "/renew-session",
        "/sign-in",
        "/sign-in/confirm",
        "/sign-out"
    };

    private final SameOrigin sameOrigin;
    private final Leases leases;
    private final MeterRegistry meters;

    Door(SameOrigin sameOrigin, Leases leases, MeterRegistry meters) {
        this.sameOrigin = sameOrigin;
        this.leases = leases;
        this.meters = meters;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        // outside, so that it counts what is refused
        registry.addInterceptor(this).addPathPatterns(CUSTOMERS);
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
        // the pattern, as a path can be written in many ways
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
