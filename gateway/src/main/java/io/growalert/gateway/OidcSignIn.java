package io.growalert.gateway;

import io.growalert.runtime.http.Role;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Sign-in at an OIDC provider, by Spring Security's client: {@code /session/oidc} leads to the provider, which leads back to {@code
 * /session/oidc/callback}. A group of the user gives the session its role; without such a group there is no session.
 */
final class OidcSignIn {
    static final String BEGIN = "/session/oidc";
    static final String CALLBACK = BEGIN + "/callback";
    /** Precedes the names of its operators, which no operator of the file can have. */
    static final String PREFIX = "oidc:";

    private static final Logger LOG = LoggerFactory.getLogger(OidcSignIn.class);
    private static final int LONGEST_NAME = 100;

    private final GatewaySettings.Oidc settings;
    private final GatewaySettings.Session sessions;
    private final GatewaySettings.Route route;
    private final SessionSeal seal;
    private final OidcProvider provider;
    private final OidcRequests requests;
    private final RateLimit limit;
    private final MeterRegistry meters;
    private final InstantSource clock;

    OidcSignIn(
            GatewaySettings settings,
            GatewaySettings.Oidc oidc,
            SessionSeal seal,
            RateLimit limit,
            MeterRegistry meters,
            InstantSource clock) {
        this.settings = oidc;
        sessions = settings.session();
        route = settings.routes().pages();
        this.seal = seal;
        this.limit = limit;
        this.meters = meters;
        this.clock = clock;
        provider = new OidcProvider(oidc);
        requests = new OidcRequests(provider, seal, clock);
    }

    void configure(HttpSecurity http) {
        http.oauth2Login(login -> login.clientRegistrationRepository(provider)
                        .authorizedClientRepository(new OidcProvider.NoClients())
                        // so that none is generated
                        .loginPage("/console")
                        .authorizationEndpoint(begin -> begin.authorizationRequestResolver(requests.resolver())
                                .authorizationRequestRepository(requests))
                        .tokenEndpoint(tokens -> tokens.accessTokenResponseClient(provider.tokens()))
                        .redirectionEndpoint(end -> end.baseUri(CALLBACK))
                        // what the ID token says is enough
                        .userInfoEndpoint(user ->
                                user.oidcUserService(given -> new DefaultOidcUser(List.of(), given.getIdToken())))
                        .successHandler(this::succeeded)
                        .failureHandler(this::failed))
                .addFilterBefore(new Limit(), OAuth2AuthorizationRequestRedirectFilter.class);
    }

    private void succeeded(HttpServletRequest request, HttpServletResponse response, Authentication authentication) {
        if (!(authentication.getPrincipal() instanceof OidcUser user)) {
            throw new IllegalStateException("signed in without an ID token");
        }
        var group = group(user);
        if (group.isEmpty()) {
            refuse(response, "no_role");
            return;
        }
        var session = new BrowserSession.ByGroup(
                PREFIX + name(user),
                group.get(),
                clock.instant().plus(sessions.lifetime()).truncatedTo(ChronoUnit.SECONDS));
        count("accepted");
        response.addHeader(
                HttpHeaders.SET_COOKIE, SessionCookie.set(seal.seal(session), sessions.lifetime(), request.isSecure()));
        redirect(response, OidcRequests.target(request));
    }

    /** The group of the user with the highest role. */
    private Optional<String> group(OidcUser user) {
        var claimed = user.getClaims().get(settings.groupsClaim());
        var groups = claimed instanceof Collection<?> several
                ? several.stream().map(String::valueOf).toList()
                : claimed == null ? List.<String>of() : List.of(String.valueOf(claimed));
        return settings.roles().entrySet().stream()
                .filter(entry -> groups.contains(entry.getKey()))
                .max(Map.Entry.<String, Role>comparingByValue())
                .map(Map.Entry::getKey);
    }

    private String name(OidcUser user) {
        var claimed = user.getClaimAsString(settings.nameClaim());
        var name = (claimed == null ? user.getSubject() : claimed).replaceAll("\\p{Cntrl}", "");
        return name.substring(0, Math.min(name.length(), LONGEST_NAME));
    }

    private void failed(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure) {
        LOG.atWarn()
                .addKeyValue(
                        "reason",
                        failure instanceof OAuth2AuthenticationException refused
                                ? refused.getError().getErrorCode()
                                : failure.getClass().getSimpleName())
                .log("Sign-in at the OIDC provider failed");
        refuse(response, "refused");
    }

    private void refuse(HttpServletResponse response, String reason) {
        count("refused");
        redirect(response, "/console?sign-in=" + reason);
    }

    private void count(String outcome) {
        meters.counter("growalert.gateway.sign.ins", "outcome", outcome).increment();
    }

    private static void redirect(HttpServletResponse response, String path) {
        response.setStatus(HttpServletResponse.SC_FOUND);
        response.setHeader(HttpHeaders.LOCATION, path);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }

    /** The limits of its paths, before Spring Security's filters answer them. */
    private final class Limit extends OncePerRequestFilter {
        private static final Set<String> PATHS = Set.of(BEGIN, CALLBACK);

        @Override
        protected boolean shouldNotFilter(HttpServletRequest request) {
            return !PATHS.contains(request.getRequestURI());
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            var exchange = Exchange.of(request);
            exchange.takes(SessionApi.ROUTE);
            exchange.endsWithin(route.longest());
            if (!limit.allows(SessionApi.ROUTE, exchange.network(), route.rate())) {
                GatewayProblem.TOO_MANY_REQUESTS.answer(
                        response, 429, route.rate().next());
            } else if (!request.getMethod().equals("GET")) {
                response.setHeader(HttpHeaders.ALLOW, "GET");
                GatewayProblem.METHOD_NOT_ALLOWED.answer(response, 405, null);
            } else if (!provider.isKnown()) {
                refuse(response, "unavailable");
            } else {
                chain.doFilter(request, response);
            }
        }
    }
}
