package io.growalert.runtime.http;

import java.util.Objects;
import org.springframework.security.oauth2.jwt.Jwt;

/**
 * Who calls the API, as the gateway authenticated it. A service's endpoint can have it as an argument.
 *
 * @param name unique among the operators
 */
public record Operator(String name, Role role) {
    /** The claim {@code iss} of the identity that the gateway signs. */
    public static final String ISSUER = "growalert-gateway";

    /** Its claim with the {@link Role#text}. */
    public static final String ROLE = "role";

    /** @throws IllegalArgumentException when the claims of a verified token name no operator */
    static Operator of(Jwt identity) {
        var name = Objects.requireNonNullElse(identity.getSubject(), "");
        var role = Role.of(Objects.requireNonNullElse(identity.getClaimAsString(ROLE), ""));
        if (name.isBlank()) {
            throw new IllegalArgumentException("the identity has no subject");
        }
        return new Operator(
                name, role.orElseThrow(() -> new IllegalArgumentException("the identity has no known role")));
    }
}
