package io.growalert.runtime.http;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The public key with which a service verifies the identity that the gateway signs. Without one it refuses {@code /api}.
 *
 * @param publicKey a JWK or a JWK set, as JSON
 * @param publicKeyFile a file with the same, which the gateway writes; it is read again when it changes
 */
@ConfigurationProperties("growalert.identity")
public record IdentitySettings(
        @DefaultValue("") String publicKey, @Nullable Path publicKeyFile) {}
