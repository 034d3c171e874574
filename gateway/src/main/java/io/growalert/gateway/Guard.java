package io.growalert.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.jwt.JwtDecoderFactory;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.header.writers.CrossOriginOpenerPolicyHeaderWriter.CrossOriginOpenerPolicy;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.header.writers.XXssProtectionHeaderWriter.HeaderValue;

/** Spring Security for the servlets: its firewall and the headers that restrict a browser. {@link Front} has authenticated. */
@EnableWebSecurity
class Guard {
    static final Duration HTTPS_ONLY = Duration.ofDays(365);

    @Bean
    SecurityFilterChain chain(
            HttpSecurity http,
            BrowserPolicy policy,
            GatewaySettings settings,
            SessionSeal seal,
            RateLimit limit,
            MeterRegistry meters) {
        http.sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable)
                .servletApi(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .csrf(AbstractHttpConfigurer::disable);
        headers(http, policy);
        var oidc = settings.oidc();
        if (oidc != null) {
            new OidcSignIn(settings, oidc, seal, limit, meters, InstantSource.system()).configure(http);
        }
        return http.build();
    }

    @Bean
    static JwtDecoderFactory<ClientRegistration> idTokens() {
        return OidcProvider.idTokens();
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
