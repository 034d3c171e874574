package io.growalert.standalone;

import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The token that gives access to {@code /api} and {@code /docs}.
 *
 * @param file where it is stored; empty when the environment provides it
 * @param isNew whether this start created it
 */
record StoredToken(String value, Optional<Path> file, boolean isNew) {
    static final String VARIABLE = "GROWALERT_GATEWAY_OPERATOR_TOKEN";

    private static final int SHORTEST = 20;

    /**
     * The environment's token, or else the one in the file, which is created when it is missing.
     *
     * @throws CannotRun when it is too short, or the file cannot be read or written
     */
    static StoredToken of(Map<String, String> environment, Path file) {
        var given = in(environment);
        if (given.isPresent()) {
            return new StoredToken(checked(given.get(), VARIABLE), Optional.empty(), false);
        }
        var kept = Secrets.in(
                file, List.of(() -> Secrets.random(Base64.getUrlEncoder().withoutPadding())));
        var token = checked(kept.lines().getFirst().strip(), file.toString());
        return new StoredToken(token, Optional.of(file), kept.areNew());
    }

    static Optional<String> in(Map<String, String> environment) {
        return Optional.of(environment.getOrDefault(VARIABLE, "").strip()).filter(token -> !token.isEmpty());
    }

    private static String checked(String token, String where) {
        if (!token.matches("[!-~]{%d,}".formatted(SHORTEST))) {
            throw new CannotRun(
                    "%s must contain an operator token of at least %d letters, digits and signs, without spaces"
                            .formatted(where, SHORTEST));
        }
        return token;
    }

    /** A shell expression that reads the token. */
    String reading() {
        return file.map(path -> "$(cat '%s')".formatted(path)).orElse("$" + VARIABLE);
    }

    @Override
    public String toString() {
        return "StoredToken[...]";
    }
}
