package io.growalert.gateway;

import io.growalert.runtime.PlainReason;
import io.growalert.runtime.http.Operator;
import io.growalert.runtime.http.Role;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operators by their tokens: the built-in admin, and those of the {@link OperatorsFile}. That is read every second, so that a
 * revoked token is refused within 5 s; a poll also works where no file events arrive, as on network and container mounts. While
 * the file is malformed, its previous operators stay valid; without the file there are none.
 */
final class KnownOperators implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KnownOperators.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Operator ADMIN = new Operator(OperatorsFile.BUILT_IN, Role.ADMIN);

    private final Optional<TokenDigest> adminToken;
    private final Optional<OperatorsFile> file;
    private final Loop watch = new Loop(
            "operators-file",
            "Reading the operators file failed; its previous operators stay valid, retrying",
            Loop.Options.DEFAULT.withRetry(EVERY, EVERY),
            this::round);

    /** By the digest of the token: a search by digest reveals nothing of the token. */
    private volatile Map<String, Known> byDigest = Map.of();

    private @Nullable String content;

    /** @param tokenId see {@link TokenDigest#id} */
    record Known(Operator operator, String tokenId) {
        private static Known of(OperatorsFile.Entry entry) {
            return new Known(new Operator(entry.name(), entry.role()), TokenDigest.id(entry.tokenSha256()));
        }
    }

    private KnownOperators(Optional<TokenDigest> adminToken, Optional<OperatorsFile> file) {
        this.adminToken = adminToken;
        this.file = file;
    }

    /** Reads the operators file, where one is set, and watches it. The caller must close it. */
    static KnownOperators open(GatewaySettings settings) {
        var path = settings.operatorsFile();
        var operators = new KnownOperators(
                TokenDigest.of(settings), Optional.ofNullable(path).map(OperatorsFile::new));
        if (path != null) {
            try {
                operators.read();
            } catch (IOException e) {
                throw new Unusable(path, e);
            }
            operators.watch.start();
        }
        return operators;
    }

    /** The operator with this token. */
    Optional<Known> find(String token) {
        return adminToken
                .filter(admin -> admin.matches(token))
                .map(admin -> new Known(ADMIN, admin.id()))
                .or(() -> Optional.ofNullable(byDigest.get(TokenDigest.hex(token))));
    }

    /** The operator of this name, if the token with this id is valid still. */
    Optional<Operator> find(String name, String tokenId) {
        return Stream.concat(adminToken.map(admin -> new Known(ADMIN, admin.id())).stream(), byDigest.values().stream())
                .filter(known ->
                        known.operator().name().equals(name) && known.tokenId().equals(tokenId))
                .map(Known::operator)
                .findFirst();
    }

    /** Of the watch; empty without a file. */
    Optional<Progress> progress() {
        return file.map(_ -> watch.progress());
    }

    private Duration round(Loop loop) throws IOException {
        read();
        return EVERY;
    }

    private void read() throws IOException {
        var now = file.orElseThrow().content().orElse("{}");
        if (now.equals(content)) {
            return;
        }
        var operators = OperatorsFile.parse(now).stream()
                .collect(
                        Collectors.toUnmodifiableMap(OperatorsFile.Entry::tokenSha256, Known::of, (first, _) -> first));
        byDigest = operators;
        content = now;
        LOG.atInfo().addKeyValue("operators", operators.size()).log("Operators file read");
    }

    @Override
    public void close() {
        watch.close();
    }

    private static final class Unusable extends RuntimeException implements PlainReason {
        private static final long serialVersionUID = 1L;

        Unusable(Path file, IOException cause) {
            super("growalert.gateway.operators-file: %s cannot be read: %s".formatted(file, cause.getMessage()), cause);
        }
    }
}
