package io.growalert.gateway;

import com.nimbusds.jwt.JWTClaimsSet;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;

/** The sign-ins that the provider has not answered yet: each in a sealed cookie of its browser, so that any gateway can complete it. */
final class OidcRequests implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {
    private static final String PURPOSE = "oidc";
    private static final String COOKIE = "growalert-sign-in";
    private static final Duration LIFETIME = Duration.ofMinutes(10);
    private static final String TO = "to";
    private static final String REDIRECT = "redirect";
    private static final String TARGET = OidcRequests.class.getName();
    private static final String START = "/console";
    /** Pages of the gateway. */
    private static final Pattern TARGETS = Pattern.compile("/(?:console|status/)[A-Za-z0-9/._~%?&=-]{0,1000}");

    private final OidcProvider provider;
    private final SessionSeal seal;
    private final InstantSource clock;

    OidcRequests(OidcProvider provider, SessionSeal seal, InstantSource clock) {
        this.provider = provider;
        this.seal = seal;
        this.clock = clock;
    }

    /** Begins a sign-in on its path only. */
    OAuth2AuthorizationRequestResolver resolver() {
        var resolver = new DefaultOAuth2AuthorizationRequestResolver(provider, OidcSignIn.BEGIN);
        return new OAuth2AuthorizationRequestResolver() {
            @Override
            public @Nullable OAuth2AuthorizationRequest resolve(HttpServletRequest request) {
                return request.getRequestURI().equals(OidcSignIn.BEGIN)
                        ? resolver.resolve(request, OidcProvider.REGISTRATION)
                        : null;
            }

            @Override
            public @Nullable OAuth2AuthorizationRequest resolve(HttpServletRequest request, String registration) {
                return resolver.resolve(request, registration);
            }
        };
    }

    @Override
    public void saveAuthorizationRequest(
            @Nullable OAuth2AuthorizationRequest begun, HttpServletRequest request, HttpServletResponse response) {
        if (begun == null) {
            setCookie("", Duration.ZERO, request, response);
            return;
        }
        var to = request.getParameter(TO);
        var claims = new JWTClaimsSet.Builder()
                .claim(OAuth2ParameterNames.STATE, begun.getState())
                .claim(OidcParameterNames.NONCE, begun.getAttribute(OidcParameterNames.NONCE))
                .claim(PkceParameterNames.CODE_VERIFIER, begun.getAttribute(PkceParameterNames.CODE_VERIFIER))
                .claim(REDIRECT, begun.getRedirectUri())
                .claim(TO, to != null && TARGETS.matcher(to).matches() ? to : START)
                .build();
        setCookie(seal.seal(PURPOSE, claims, clock.instant().plus(LIFETIME)), LIFETIME, request, response);
    }

    private static void setCookie(
            String value, Duration lifetime, HttpServletRequest request, HttpServletResponse response) {
        var cookie = ResponseCookie.from(COOKIE, value)
                .path(OidcSignIn.BEGIN)
                .maxAge(lifetime)
                .httpOnly(true)
                .secure(request.isSecure())
                .sameSite("Lax")
                .build();
        response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
    }

    @Override
    public @Nullable OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
        return begun(request).map(OidcRequests::authorizationRequest).orElse(null);
    }

    /** The one whose state the provider returned: an answer to another browser's sign-in has none here. */
    private Optional<JWTClaimsSet> begun(HttpServletRequest request) {
        var cookies = request.getCookies();
        var state = request.getParameter(OAuth2ParameterNames.STATE);
        return (cookies == null ? Stream.<Cookie>empty() : Arrays.stream(cookies))
                .filter(cookie -> cookie.getName().equals(COOKIE))
                .flatMap(cookie -> seal.open(PURPOSE, cookie.getValue()).stream())
                .filter(claims -> Objects.equals(claims.getClaim(OAuth2ParameterNames.STATE), state))
                .findFirst();
    }

    private static OAuth2AuthorizationRequest authorizationRequest(JWTClaimsSet claims) {
        return OAuth2AuthorizationRequest.authorizationCode()
                // only for completeness: it was sent
                .authorizationUri(OidcSignIn.BEGIN)
                .clientId(OidcProvider.REGISTRATION)
                .redirectUri(String.valueOf(claims.getClaim(REDIRECT)))
                .state(String.valueOf(claims.getClaim(OAuth2ParameterNames.STATE)))
                .attributes(attributes -> {
                    attributes.put(OAuth2ParameterNames.REGISTRATION_ID, OidcProvider.REGISTRATION);
                    attributes.put(OidcParameterNames.NONCE, claims.getClaim(OidcParameterNames.NONCE));
                    attributes.put(PkceParameterNames.CODE_VERIFIER, claims.getClaim(PkceParameterNames.CODE_VERIFIER));
                })
                .scope("openid")
                .build();
    }

    @Override
    public @Nullable OAuth2AuthorizationRequest removeAuthorizationRequest(
            HttpServletRequest request, HttpServletResponse response) {
        var begun = begun(request);
        begun.ifPresent(claims -> request.setAttribute(TARGET, claims.getClaim(TO)));
        setCookie("", Duration.ZERO, request, response);
        return begun.map(OidcRequests::authorizationRequest).orElse(null);
    }

    /** Where a completed sign-in leads. */
    static String target(HttpServletRequest request) {
        return request.getAttribute(TARGET) instanceof String target ? target : START;
    }
}
