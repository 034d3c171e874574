package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.runtime.PlainReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** The token of {@code growalert.gateway.operator-token}, of which only the digest is stored in memory. */
final class TokenDigest {
    private final byte[] digest;

    private TokenDigest(String token) {
        digest = digest(token);
    }

    /** Empty in a gateway with an operators file alone. */
    static Optional<TokenDigest> of(GatewaySettings settings) {
        var file = settings.operatorTokenFile();
        return Optional.of(file == null ? settings.operatorToken().value() : read(file))
                .filter(token -> !token.isEmpty())
                .map(TokenDigest::new);
    }

    private static String read(Path file) {
        try {
            var token = Files.readString(file).strip();
            if (token.length() < GatewaySettings.SHORTEST_TOKEN) {
                throw new Unusable("the token in %s is shorter than %d characters"
                        .formatted(file, GatewaySettings.SHORTEST_TOKEN));
            }
            return token;
        } catch (IOException e) {
            throw new Unusable("the file %s cannot be read: %s".formatted(file, e));
        }
    }

    /** Constant time: independent of the number of matching characters. */
    boolean matches(String given) {
        return MessageDigest.isEqual(digest, digest(given));
    }

    /** The {@link #id(String) id} of this token. */
    String id() {
        return id(HexFormat.of().formatHex(digest));
    }

    /** Names a token in a session: the first 16 digits of its digest, which reveal nothing of the token. */
    static String id(String hexDigest) {
        return hexDigest.substring(0, 16);
    }

    /** The digest of a token as 64 hexadecimal digits. */
    static String hex(String token) {
        return HexFormat.of().formatHex(digest(token));
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Unusable extends RuntimeException implements PlainReason {
        private static final long serialVersionUID = 1L;

        Unusable(String why) {
            super("growalert.gateway.operator-token-file: " + why);
        }
    }
}
