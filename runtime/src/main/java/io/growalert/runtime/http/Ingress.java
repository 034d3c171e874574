package io.growalert.runtime.http;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The ingress filter of a service that is not public: a page in a browser that can reach the
 * service must neither read nor change anything. A page under a foreign name that resolves to this machine (DNS rebinding)
 * fails on its {@code Host}; a form or a {@code fetch} of another site fails on its origin and its content type.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HttpSettings.class)
class Ingress {
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

    /** Before all other filters, and so before the operational endpoints as well. */
    @Bean
    FilterRegistrationBean<OncePerRequestFilter> ingressFilter(
            HttpSettings settings,
            Environment environment,
            ObjectProvider<IngressExemptions> exemptions,
            MeterRegistry meters) {
        var hosts = new KnownHosts(settings.hosts(), environment.getProperty("server.address", ""));
        var filter = new Filter(hosts, exemptions.getIfAvailable(IngressExemptions::none), meters);
        var registration = new FilterRegistrationBean<OncePerRequestFilter>(filter);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        registration.setDispatcherTypes(DispatcherType.REQUEST);
        return registration;
    }

    private static final class Filter extends OncePerRequestFilter {
        private final KnownHosts hosts;
        private final IngressExemptions exemptions;
        private final Pattern ownOrigins;
        private final MeterRegistry meters;

        private Filter(KnownHosts hosts, IngressExemptions exemptions, MeterRegistry meters) {
            this.hosts = hosts;
            this.exemptions = exemptions;
            ownOrigins = exemptions.ownOriginPaths();
            this.meters = meters;
        }

        private record Refusal(CommonProblem problem, String detail) {}

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            var refusal = refusal(request);
            if (refusal == null) {
                chain.doFilter(request, response);
            } else {
                meters.counter("growalert.http.refused", "reason", refusal.problem.code())
                        .increment();
                ProblemResponse.write(response, refusal.problem, refusal.detail);
            }
        }

        private @Nullable Refusal refusal(HttpServletRequest request) {
            if (exemptions.signed().contains(request.getRequestURI())) {
                return null;
            }
            var host = request.getHeader(HttpHeaders.HOST);
            if (!hosts.contain(host, request.getLocalAddr())) {
                return new Refusal(
                        CommonProblem.INVALID_HOST,
                        "called under a name that is not this service's; growalert.http.hosts lists further ones");
            }
            var type = request.getHeader(HttpHeaders.CONTENT_TYPE);
            // server and framework fail on these with an internal error
            if (type != null && type.contains("*")) {
                return new Refusal(CommonProblem.UNSUPPORTED_MEDIA_TYPE, "expected a Content-Type without a wildcard");
            }
            if (!hasKnownCharset(request)) {
                return new Refusal(CommonProblem.UNSUPPORTED_MEDIA_TYPE, "the charset of Content-Type is unknown");
            }
            if (READING.contains(request.getMethod())
                    || ownOrigins.matcher(request.getRequestURI()).matches()) {
                return null;
            }
            if (!isOwnOrigin(request)) {
                return new Refusal(CommonProblem.CROSS_SITE, "a page of another site may change nothing here");
            }
            return isJson(request) || (exemptions.forms().contains(request.getRequestURI()) && isForm(request))
                    ? null
                    : new Refusal(CommonProblem.UNSUPPORTED_MEDIA_TYPE, "expected Content-Type: application/json");
        }

        private static boolean hasKnownCharset(HttpServletRequest request) {
            try {
                request.getContentType();
                return true;
            } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
                return false;
            }
        }

        /** A browser sends both headers or one, a program neither. A page can forge none of the headers compared here. */
        private static boolean isOwnOrigin(HttpServletRequest request) {
            var site = request.getHeader("Sec-Fetch-Site");
            if (site != null && OWN_SITES.contains(site)) {
                return true;
            }
            var origin = request.getHeader(HttpHeaders.ORIGIN);
            if (origin == null) {
                return site == null;
            }
            return isSame(origin, request.getScheme(), request.getHeader(HttpHeaders.HOST))
                    || isSame(origin, request.getHeader("X-Forwarded-Proto"), forwardedHost(request));
        }

        /** The address under which the client called the gateway, which accepts this header from no client. */
        private static @Nullable String forwardedHost(HttpServletRequest request) {
            var host = request.getHeader("X-Forwarded-Host");
            var port = request.getHeader("X-Forwarded-Port");
            return host == null || port == null ? host : host + ":" + port;
        }

        private static boolean isSame(String origin, @Nullable String scheme, @Nullable String host) {
            return scheme != null && host != null && normal(origin).equals(normal(scheme + "://" + host));
        }

        /** Without the port that the scheme implies. */
        private static String normal(String origin) {
            var lower = origin.toLowerCase(Locale.ROOT);
            var port = lower.startsWith("https:") ? ":443" : ":80";
            return lower.endsWith(port) ? lower.substring(0, lower.length() - port.length()) : lower;
        }

        private static boolean isJson(HttpServletRequest request) {
            var type = request.getContentType();
            if (type == null) {
                return request.getContentLengthLong() <= 0 && request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null;
            }
            var given = parsed(type);
            return given != null
                    && (given.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)
                            || (given.getType().equals("application") && "json".equals(given.getSubtypeSuffix())));
        }

        private static boolean isForm(HttpServletRequest request) {
            var given = parsed(request.getContentType());
            return given != null && given.equalsTypeAndSubtype(MediaType.APPLICATION_FORM_URLENCODED);
        }

        private static @Nullable MimeType parsed(@Nullable String type) {
            try {
                return type == null ? null : MimeType.valueOf(type);
            } catch (InvalidMimeTypeException e) {
                return null;
            }
        }
    }
}
