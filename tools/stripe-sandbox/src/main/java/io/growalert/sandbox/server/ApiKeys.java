package io.growalert.sandbox.server;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.ApiRequest;
import io.growalert.sandbox.http.ApiRoutes;
import io.growalert.sandbox.http.Params;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The keys of the sandbox's only account, and what each permits: the secret one, the publishable one, and restricted ones. */
public final class ApiKeys {
    public static final String SECRET = "sk_test_sandbox";
    public static final String PUBLISHABLE = "pk_test_sandbox";

    private final RestrictedKeys restricted;

    public ApiKeys(RestrictedKeys restricted) {
        this.restricted = restricted;
    }

    /** With which kind of key a request came. */
    sealed interface Caller {
        /** The secret key, or none where none is needed. */
        record Unrestricted() implements Caller {}

        record Browser() implements Caller {}

        /** A restricted key, which permits some requests. */
        record Restricted(String key) implements Caller {
            @Override
            public String toString() {
                return "Restricted[...]";
            }
        }
    }

    /** @throws ApiError 401 without a key that is known, 403 where the publishable one does not suffice */
    Caller check(ApiRoutes.Access access, ApiRequest request, Params params) {
        if (access == ApiRoutes.Access.ANYBODY) {
            return new Caller.Unrestricted();
        }
        var key = key(request, params);
        if (key == null) {
            throw ApiError.unauthorized(
                    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').");
        }
        if (key.equals(SECRET)) {
            return new Caller.Unrestricted();
        }
        if (restricted.isKnown(key)) {
            return new Caller.Restricted(key);
        }
        if (!key.equals(PUBLISHABLE)) {
            throw ApiError.unauthorized("Invalid API Key provided: %s".formatted(hidden(key)));
        }
        if (access == ApiRoutes.Access.SECRET) {
            throw ApiError.forbidden(
                    "This API call cannot be made with a publishable API key. Please use a secret API key.");
        }
        return new Caller.Browser();
    }

    /** @throws ApiError 403 when it came with a restricted key that lacks a right */
    void checkRights(Caller caller, ApiCall call) {
        if (caller instanceof Caller.Restricted(var key)) {
            restricted.check(key, call);
        }
    }

    private static @Nullable String key(ApiRequest request, Params params) {
        var authorization = request.authorization();
        if (authorization == null) {
            return params.text("key");
        }
        if (authorization.startsWith("Bearer ")) {
            return authorization.substring("Bearer ".length()).strip();
        }
        if (authorization.startsWith("Basic ")) {
            try {
                var basic = Base64.getDecoder()
                        .decode(authorization.substring("Basic ".length()).strip());
                var user = new String(basic, StandardCharsets.UTF_8);
                int colon = user.indexOf(':');
                return colon < 0 ? user : user.substring(0, colon);
            } catch (IllegalArgumentException _) {
                return null;
            }
        }
        return null;
    }

    static String hidden(String key) {
        return key.length() <= 12
                ? "*".repeat(key.length())
                : key.substring(0, 8) + "****" + key.substring(key.length() - 4);
    }
}
