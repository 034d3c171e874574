package io.growalert.gateway;

import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.header.writers.CrossOriginOpenerPolicyHeaderWriter.CrossOriginOpenerPolicy;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.header.writers.XXssProtectionHeaderWriter.HeaderValue;

/** Access to the servlets: {@code /api} and {@code /docs} are for the operator, all else is public. */
@EnableWebSecurity
class Guard {
    static final Duration HTTPS_ONLY = Duration.ofDays(365);

    private static final String[] OPERATORS = {"/api/**", "/docs", "/docs/**"};

    @Bean
    TokenDigest operatorToken(GatewaySettings settings) {
        return TokenDigest.of(settings);
    }

    @Bean
    SecurityFilterChain chain(HttpSecurity http, TokenDigest token, Refusals refusals, BrowserPolicy policy) {
        var operators = new OperatorFilter(token);
        http.sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable)
                .servletApi(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                // a browser does not send the token by itself
                .csrf(AbstractHttpConfigurer::disable)
                .addFilterBefore(operators, AuthorizationFilter.class)
                .addFilterAfter(new ReadableHeaders(refusals), AuthorizationFilter.class)
                .authorizeHttpRequests(requests -> requests.requestMatchers(OPERATORS)
                        .hasRole(OperatorFilter.ROLE)
                        .anyRequest()
                        .permitAll())
                .exceptionHandling(handling -> handling.authenticationEntryPoint(refusals));
        headers(http, policy);
        return http.build();
    }

    private static void headers(HttpSecurity http, BrowserPolicy policy) {
        http.headers(headers -> headers.frameOptions(frames -> frames.deny())
                .xssProtection(xss -> xss.headerValue(HeaderValue.DISABLED))
                // so that a browser names the origin of a post to the same site
                .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN))
                .crossOriginOpenerPolicy(opener -> opener.policy(CrossOriginOpenerPolicy.SAME_ORIGIN_ALLOW_POPUPS))
                .httpStrictTransportSecurity(
                        https -> https.includeSubDomains(false).maxAgeInSeconds(HTTPS_ONLY.toSeconds()))
                .addHeaderWriter(policy));
    }
}
