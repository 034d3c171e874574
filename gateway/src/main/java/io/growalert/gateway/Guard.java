package io.growalert.gateway;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.header.writers.CrossOriginOpenerPolicyHeaderWriter.CrossOriginOpenerPolicy;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.header.writers.XXssProtectionHeaderWriter.HeaderValue;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.cors.DefaultCorsProcessor;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

/** Who may do what: {@code /api} and {@code /docs} are the operator's, all else is everybody's. */
@EnableWebSecurity
class Guard {
    private static final String[] OPERATORS = {"/api/**", "/docs", "/docs/**"};

    @Bean
    OperatorToken operatorToken(GatewaySettings settings) {
        return OperatorToken.of(settings);
    }

    @Bean
    SecurityFilterChain chain(HttpSecurity http, GatewaySettings settings, OperatorToken token, Refused refused) {
        var operators = new OperatorFilter(token);
        http.sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable)
                .servletApi(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                // the customers API looks at where a post comes from; a token is not sent by a browser on its own
                .csrf(AbstractHttpConfigurer::disable)
                .addFilterBefore(operators, AuthorizationFilter.class)
                .addFilterAfter(new ReadableHeaders(refused), AuthorizationFilter.class)
                .authorizeHttpRequests(requests -> requests.requestMatchers(OPERATORS)
                        .hasRole(OperatorFilter.ROLE)
                        .anyRequest()
                        .permitAll())
                .exceptionHandling(handling -> handling.authenticationEntryPoint(refused));
        headers(http, settings.stripe());
        origins(http, settings.origins(), refused);
        return http.build();
    }

    private static void headers(HttpSecurity http, GatewaySettings.Stripe stripe) {
        http.headers(headers -> headers.frameOptions(frames -> frames.deny())
                .xssProtection(xss -> xss.headerValue(HeaderValue.DISABLED))
                // of the same site: a browser says then, when it posts, where from
                .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN))
                .crossOriginOpenerPolicy(opener -> opener.policy(CrossOriginOpenerPolicy.SAME_ORIGIN_ALLOW_POPUPS))
                .httpStrictTransportSecurity(
                        https -> https.includeSubDomains(false).maxAgeInSeconds(31_536_000))
                .addHeaderWriter(new PagePolicy(stripe)));
    }

    private static void origins(HttpSecurity http, List<String> origins, Refused refused) {
        if (origins.isEmpty()) {
            http.cors(AbstractHttpConfigurer::disable)
                    .addFilterBefore(
                            (request, response, chain) -> {
                                if (request instanceof HttpServletRequest asked
                                        && CorsUtils.isPreFlightRequest(asked)) {
                                    refused.answer(Problem.CORS_REFUSED, asked, (HttpServletResponse) response);
                                } else {
                                    chain.doFilter(request, response);
                                }
                            },
                            OperatorFilter.class);
            return;
        }
        var allowed = new CorsConfiguration();
        allowed.setAllowedOrigins(origins);
        allowed.setAllowedMethods(List.of("GET", "POST"));
        allowed.setAllowedHeaders(List.of(HttpHeaders.CONTENT_TYPE, "Idempotency-Key", Doorstep.ID_HEADER));
        allowed.setExposedHeaders(List.of(HttpHeaders.RETRY_AFTER, Doorstep.ID_HEADER));
        allowed.setAllowCredentials(true);
        var source = new UrlBasedCorsConfigurationSource();
        Routes.CUSTOMERS.forEach(path -> source.registerCorsConfiguration(path, allowed));
        var none = new CorsConfiguration();
        var filter = new CorsFilter(request -> {
            var configured = source.getCorsConfiguration(request);
            return configured == null && CorsUtils.isPreFlightRequest(request) ? none : configured;
        });
        filter.setCorsProcessor(new DefaultCorsProcessor() {
            @Override
            protected void rejectRequest(ServerHttpResponse response) throws IOException {
                Problem.CORS_REFUSED.answer(((ServletServerHttpResponse) response).getServletResponse());
            }
        });
        http.addFilter(filter);
    }

    /** Whether a request is for what is the operator's. */
    static boolean isOperators(HttpServletRequest request) {
        var path = request.getRequestURI();
        return path.equals("/api") || path.startsWith("/api/") || path.equals("/docs") || path.startsWith("/docs/");
    }
}
