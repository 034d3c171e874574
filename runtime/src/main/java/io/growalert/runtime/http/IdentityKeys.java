package io.growalert.runtime.http;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import io.growalert.runtime.PlainReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway's public keys. Those in a file are read again, at most once in 5 s: the gateway may start after the service, or
 * have a new key. While the file is missing or malformed, the last keys stay valid.
 */
final class IdentityKeys implements JWKSource<SecurityContext> {
    private static final Logger LOG = LoggerFactory.getLogger(IdentityKeys.class);
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final @Nullable Path file;
    private final LongSupplier nanoTime;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile JWKSet keys = new JWKSet();
    private volatile long read;
    private volatile boolean failing;

    IdentityKeys(IdentitySettings settings, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        file = settings.publicKeyFile();
        if (file != null) {
            read();
        } else if (settings.publicKey().isBlank()) {
            LOG.warn("No public key of the gateway is set (growalert.identity.public-key-file); refusing /api");
        } else {
            try {
                keys = parse(settings.publicKey());
            } catch (ParseException e) {
                throw new Malformed(e);
            }
        }
    }

    /** Whether no identity can be verified yet. */
    boolean areMissing() {
        return keys.isEmpty();
    }

    @Override
    public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) {
        if (file != null && nanoTime.getAsLong() - read > FRESH.toNanos() && reading.tryLock()) {
            try {
                read();
            } finally {
                reading.unlock();
            }
        }
        return selector.select(keys);
    }

    private void read() {
        read = nanoTime.getAsLong();
        try {
            keys = parse(Files.readString(file()));
            failing = false;
        } catch (NoSuchFileException e) {
            failed("missing", e);
        } catch (IOException | ParseException e) {
            failed(e.toString(), e);
        }
    }

    private void failed(String reason, Exception e) {
        if (!failing) {
            failing = true;
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("reason", reason)
                    .setCause(e instanceof NoSuchFileException ? null : e)
                    .log(
                            keys.isEmpty()
                                    ? "Gateway's public key missing or unreadable; refusing /api"
                                    : "Gateway's public key missing or unreadable; the last one stays valid");
        }
    }

    private Path file() {
        if (file == null) {
            throw new IllegalStateException("no file is set");
        }
        return file;
    }

    private static JWKSet parse(String text) throws ParseException {
        var set = text.contains("\"keys\"") ? JWKSet.parse(text) : new JWKSet(JWK.parse(text));
        return set.toPublicJWKSet();
    }

    private static final class Malformed extends RuntimeException implements PlainReason {
        private static final long serialVersionUID = 1L;

        Malformed(ParseException cause) {
            super("growalert.identity.public-key: expected a JWK or a JWK set: " + cause.getMessage(), cause);
        }
    }
}
