package io.growalert.gateway;

import io.growalert.runtime.http.Operator;
import io.growalert.runtime.http.Role;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** Who sends a request: by the token in {@code Authorization}, which takes precedence, or by the session of the browser. */
final class Authenticator {
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    private final KnownOperators operators;
    private final SessionSeal seal;
    /** By group of the OIDC provider. */
    private final Map<String, Role> roles;

    /** @param sessionEnd null when the request has a token */
    record Caller(Operator operator, @Nullable Instant sessionEnd) {
        /** Whether a page of another site could have made the browser send the request, which the operator did not want. */
        boolean mayBeForged(Request request) {
            return sessionEnd != null && !SAFE.contains(request.getMethod()) && !CrossOrigin.isSameOrigin(request);
        }
    }

    Authenticator(KnownOperators operators, SessionSeal seal, GatewaySettings settings) {
        this.operators = operators;
        this.seal = seal;
        roles = settings.oidc() == null ? Map.of() : settings.oidc().roles();
    }

    /** The operator as the operators file has it now, so that a revoked one is none in a session, too. */
    Optional<Caller> caller(Request request) {
        var authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        if (authorization != null) {
            return OperatorPaths.token(authorization, request.getHttpURI().getCanonicalPath())
                    .flatMap(operators::find)
                    .map(known -> new Caller(known.operator(), null));
        }
        return SessionCookie.values(request.getHeaders(), request.isSecure()).stream()
                .flatMap(value -> seal.session(value).stream())
                .flatMap(session ->
                        operator(session).map(operator -> new Caller(operator, session.expiresAt())).stream())
                .findFirst();
    }

    private Optional<Operator> operator(BrowserSession session) {
        return switch (session) {
            case BrowserSession.ByToken(var name, var tokenId, var _) -> operators.find(name, tokenId);
            case BrowserSession.ByGroup(var name, var group, var _) ->
                Optional.ofNullable(roles.get(group)).map(role -> new Operator(name, role));
        };
    }
}
