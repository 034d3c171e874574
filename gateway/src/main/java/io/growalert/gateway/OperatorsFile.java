package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.runtime.PrivateFile;
import io.growalert.runtime.http.Role;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The named operators, as JSON: {@code {"operators": [{"name": ..., "role": ..., "tokenSha256": ..., "createdAt": ...}]}}. Their
 * tokens are not in it. The command line changes it; the gateway reads it again when it changes.
 */
public final class OperatorsFile {
    /** The name that belongs to {@code growalert.gateway.operator-token}. */
    public static final String BUILT_IN = "operator";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final int TOKEN_BYTES = 32;

    private final Path path;

    /**
     * @param tokenSha256 the SHA-256 digest of the token, as 64 hexadecimal digits
     */
    public record Entry(String name, Role role, String tokenSha256, Instant createdAt) {
        private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

        /** @throws IllegalArgumentException when a part is missing or malformed */
        public Entry {
            requireName(name);
            require(role != null, name, "role: expected viewer, operator or admin");
            require(
                    tokenSha256 != null && DIGEST.matcher(tokenSha256).matches(),
                    name,
                    "tokenSha256: expected 64 hexadecimal digits");
            require(createdAt != null, name, "createdAt: expected an instant");
        }

        private static void require(boolean condition, String name, String expected) {
            if (!condition) {
                throw new IllegalArgumentException("operator '%s': %s".formatted(name, expected));
            }
        }
    }

    private record Content(@Nullable List<Entry> operators) {}

    public OperatorsFile(Path path) {
        this.path = path;
    }

    /** @throws IllegalArgumentException when no operator can have this name */
    public static void requireName(@Nullable String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "expected a name of at most 64 letters, digits and . _ @ -, not '%s'".formatted(name));
        }
        if (name.equals(BUILT_IN)) {
            throw new IllegalArgumentException(
                    "the name '%s' belongs to growalert.gateway.operator-token".formatted(BUILT_IN));
        }
    }

    /**
     * The operators in the order in which they were added; none when there is no file.
     *
     * @throws IOException when the file is unreadable or malformed
     */
    public List<Entry> read() throws IOException {
        return parse(content().orElse("{}"));
    }

    /** The text of the file; empty when there is no file. */
    Optional<String> content() throws IOException {
        try {
            return Optional.of(Files.readString(path, UTF_8));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** @throws IOException when it is malformed */
    static List<Entry> parse(String content) throws IOException {
        try {
            var operators = JSON.readValue(content, Content.class).operators();
            var entries = operators == null ? List.<Entry>of() : List.copyOf(operators);
            var names = new HashSet<String>();
            for (var entry : entries) {
                if (!names.add(entry.name())) {
                    throw new IOException("operator '%s' is there twice".formatted(entry.name()));
                }
            }
            return entries;
        } catch (JacksonException | NullPointerException e) {
            throw new IOException(reason(e), e);
        }
    }

    private static String reason(RuntimeException e) {
        return e instanceof JacksonException malformed ? malformed.getOriginalMessage() : "an operator is null";
    }

    /**
     * Adds an operator.
     *
     * @return its token, which is stored nowhere; empty when there is one of this name
     * @throws IllegalArgumentException when no operator can have this name
     */
    public Optional<String> add(String name, Role role, Instant now) throws IOException {
        requireName(name);
        try (var _ = lock()) {
            var entries = new ArrayList<>(read());
            if (entries.stream().anyMatch(entry -> entry.name().equals(name))) {
                return Optional.empty();
            }
            var bytes = new byte[TOKEN_BYTES];
            new SecureRandom().nextBytes(bytes);
            var token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            entries.add(new Entry(name, role, TokenDigest.hex(token), now));
            write(entries);
            return Optional.of(token);
        }
    }

    /** Removes an operator, whose token the gateway refuses within 5 s; false when there is none of this name. */
    public boolean revoke(String name) throws IOException {
        try (var _ = lock()) {
            var entries = new ArrayList<>(read());
            boolean found = entries.removeIf(entry -> entry.name().equals(name));
            if (found) {
                write(entries);
            }
            return found;
        }
    }

    private void write(List<Entry> entries) throws IOException {
        PrivateFile.write(path, JSON.writeValueAsString(Map.of("operators", entries)) + "\n");
    }

    /** Of two commands at the same time, one waits for the other. */
    private FileChannel lock() throws IOException {
        Files.createDirectories(path.toAbsolutePath().getParent());
        var channel = FileChannel.open(
                path.resolveSibling(path.getFileName() + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.lock();
        return channel;
    }
}
