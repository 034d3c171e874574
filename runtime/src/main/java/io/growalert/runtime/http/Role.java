package io.growalert.runtime.http;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What an operator may do. The gateway decides by it, and each service again. */
public enum Role {
    /** Reads, except billing. */
    VIEWER,
    /** Also changes, except billing. */
    OPERATOR,
    /** Also billing; {@code /api/operators} is reserved. */
    ADMIN;

    private static final Set<String> READING = Set.of("GET", "HEAD");

    /** The role with this text, such as {@code viewer}. */
    public static Optional<Role> of(String text) {
        return Arrays.stream(values()).filter(role -> role.text().equals(text)).findFirst();
    }

    /** As files, tokens and the command line have it: in lower case. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @param path decoded and normalized, such as {@code /api/alerts} */
    public boolean allows(String method, String path) {
        return switch (this) {
            case VIEWER -> READING.contains(method) && !isForAdmins(path);
            case OPERATOR -> !isForAdmins(path);
            case ADMIN -> true;
        };
    }

    private static boolean isForAdmins(String path) {
        return isBelow("/api/billing", path) || isBelow("/api/operators", path);
    }

    private static boolean isBelow(String root, String path) {
        return path.equals(root) || path.startsWith(root + "/");
    }

    @Override
    public String toString() {
        return text();
    }
}
