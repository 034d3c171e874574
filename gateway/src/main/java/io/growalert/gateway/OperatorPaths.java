package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The paths of operators, {@code /api} and {@code /docs}, and where their requests carry a token: in {@code
 * Authorization: Bearer}. For {@code /docs}, which a browser shows, also as a Basic password; never for {@code /api}, since a
 * browser sends a stored password with the requests of any page.
 */
final class OperatorPaths {
    private static final String BEARER = "Bearer ";
    private static final String BASIC = "Basic ";

    private OperatorPaths() {}

    static boolean owns(String path) {
        return isApi(path) || path.equals("/docs") || path.startsWith("/docs/");
    }

    private static boolean isApi(String path) {
        return path.equals("/api") || path.startsWith("/api/");
    }

    /** The token that a request for this path carries. */
    static Optional<String> token(@Nullable String authorization, String path) {
        if (authorization == null) {
            return Optional.empty();
        }
        if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Optional.of(authorization.substring(BEARER.length()).strip());
        }
        if (!isApi(path) && authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return password(authorization.substring(BASIC.length()).strip());
        }
        return Optional.empty();
    }

    private static Optional<String> password(String encoded) {
        try {
            var both = new String(Base64.getDecoder().decode(encoded), UTF_8);
            return Optional.of(both.substring(both.indexOf(':') + 1));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The value of {@code WWW-Authenticate}. */
    static String challenge(String path) {
        return path.startsWith("/docs") ? "Basic realm=\"operator token as password\", charset=\"UTF-8\"" : "Bearer";
    }
}
