package io.growalert.runtime.http;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtAudienceValidator;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * A service as an OAuth2 resource server: {@code /api} needs the identity of an {@link Operator} that the gateway signed for this
 * service within the last minute. Other paths, such as health, metrics, webhooks and customers, need none.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
@EnableConfigurationProperties(IdentitySettings.class)
class ResourceServer implements WebMvcConfigurer {
    /** How far the clocks of the gateway and of the service may differ. */
    private static final Duration SKEW = Duration.ofSeconds(10);

    /** As Spring Boot orders the filters of Spring Security: after {@link Ingress}. */
    private static final int ORDER = -100;

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new OperatorArgument());
    }

    @Bean
    static DelegatingFilterProxyRegistrationBean securityFilter() {
        var registration = new DelegatingFilterProxyRegistrationBean("springSecurityFilterChain");
        registration.setOrder(ORDER);
        registration.setDispatcherTypes(DispatcherType.REQUEST);
        return registration;
    }

    /**
     * Refuses paths that Spring Security and Spring MVC could read differently. Everything else of a request is checked by {@link
     * Ingress} and the endpoints.
     */
    @Bean
    static HttpFirewall httpFirewall() {
        var firewall = new StrictHttpFirewall();
        firewall.setUnsafeAllowAnyHttpMethod(true);
        firewall.setAllowedHeaderNames(_ -> true);
        firewall.setAllowedHeaderValues(_ -> true);
        firewall.setAllowedParameterNames(_ -> true);
        return firewall;
    }

    @Bean
    IdentityKeys identityKeys(IdentitySettings settings) {
        return new IdentityKeys(settings, System::nanoTime);
    }

    @Bean
    JwtDecoder identityDecoder(IdentityKeys keys, Environment environment) {
        var processor = new DefaultJWTProcessor<SecurityContext>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.ES256, keys));
        // the decoder's validator does
        processor.setJWTClaimsSetVerifier((_, _) -> {});
        var decoder = new NimbusJwtDecoder(processor);
        decoder.setJwtValidator(validator(environment.getProperty("spring.application.name", "")));
        return decoder;
    }

    private static OAuth2TokenValidator<Jwt> validator(String audience) {
        return new DelegatingOAuth2TokenValidator<>(List.of(
                new JwtClaimValidator<Instant>(JwtClaimNames.EXP, Objects::nonNull),
                new JwtTimestampValidator(SKEW),
                new JwtIssuerValidator(Operator.ISSUER),
                new JwtAudienceValidator(audience),
                new JwtClaimValidator<String>(JwtClaimNames.SUB, name -> name != null && !name.isBlank()),
                new JwtClaimValidator<String>(
                        Operator.ROLE, role -> role != null && Role.of(role).isPresent())));
    }

    @Bean
    SecurityFilterChain operatorsChain(HttpSecurity http, JwtDecoder decoder, IdentityKeys keys) {
        http.securityMatcher("/api/**")
                .authorizeHttpRequests(requests -> requests.anyRequest()
                        .access((authenticated, context) ->
                                new AuthorizationDecision(isAllowed(authenticated.get(), context.getRequest()))))
                .oauth2ResourceServer(server -> server.jwt(jwt -> jwt.decoder(decoder))
                        .authenticationEntryPoint((_, response, _) -> unauthorized(response, keys))
                        .accessDeniedHandler((_, response, _) -> forbidden(response)))
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                // the gateway adds those that restrict a browser
                .headers(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .csrf(AbstractHttpConfigurer::disable);
        return http.build();
    }

    private static boolean isAllowed(@Nullable Authentication authenticated, HttpServletRequest request) {
        return authenticated instanceof JwtAuthenticationToken token
                && Operator.of(token.getToken()).role().allows(request.getMethod(), request.getServletPath());
    }

    private static void unauthorized(HttpServletResponse response, IdentityKeys keys) throws IOException {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        ProblemResponse.write(
                response,
                CommonProblem.IDENTITY_NEEDED,
                keys.areMissing()
                        ? "this service has no public key of the gateway: set growalert.identity.public-key-file"
                        : "operators call the gateway, which signs their identity for this service");
    }

    private static void forbidden(HttpServletResponse response) throws IOException {
        ProblemResponse.write(
                response, CommonProblem.FORBIDDEN_ROLE, "the role of this operator does not allow this request");
    }
}
