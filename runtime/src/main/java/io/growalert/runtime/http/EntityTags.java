package io.growalert.runtime.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import java.util.Locale;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.ShallowEtagHeaderFilter;

/**
 * Answers to {@code GET} below {@code /api} have an {@code ETag} of their content, so that a client that polls transfers only what
 * changed: with {@code If-None-Match}, the same content is 304. Streams and CSV are not read into memory for it.
 */
@Configuration(proxyBeanMethods = false)
class EntityTags {
    /** After Spring Security: what is refused has none. */
    private static final int ORDER = -50;

    @Bean
    static FilterRegistrationBean<ShallowEtagHeaderFilter> entityTagFilter() {
        var registration = new FilterRegistrationBean<ShallowEtagHeaderFilter>(new Filter());
        registration.addUrlPatterns("/api/*");
        registration.setOrder(ORDER);
        return registration;
    }

    private static final class Filter extends ShallowEtagHeaderFilter {
        @Override
        protected boolean shouldNotFilter(HttpServletRequest request) {
            return !request.getMethod().equals("GET") || acceptsStream(request.getHeaders(HttpHeaders.ACCEPT));
        }

        private static boolean acceptsStream(Enumeration<String> types) {
            while (types.hasMoreElements()) {
                var type = types.nextElement().toLowerCase(Locale.ROOT);
                if (type.contains("text/event-stream") || type.contains("text/csv")) {
                    return true;
                }
            }
            return false;
        }
    }
}
