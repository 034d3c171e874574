package io.growalert.gateway;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.crypto.DirectDecrypter;
import com.nimbusds.jose.crypto.DirectEncrypter;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jwt.EncryptedJWT;
import com.nimbusds.jwt.JWTClaimsSet;
import io.growalert.runtime.PlainReason;
import io.growalert.runtime.PrivateFile;
import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Seals what a browser's cookie holds, so that the browser can neither read nor change it: a JWE ({@code dir}, A256GCM) whose key
 * only the gateways have, in a file, or for this run in memory.
 */
final class SessionSeal {
    private static final JWEHeader HEADER = new JWEHeader(JWEAlgorithm.DIR, EncryptionMethod.A256GCM);
    private static final String SESSION = "session";
    private static final String TOKEN = "tid";
    private static final String GROUP = "grp";

    private final OctetSequenceKey key;
    private final InstantSource clock;

    /** @throws RuntimeException with a {@link PlainReason} when the file is unusable */
    SessionSeal(@Nullable Path keyFile, InstantSource clock) {
        key = keyFile == null ? create() : stored(keyFile);
        this.clock = clock;
    }

    /** Creates the file unless there is one. */
    static void prepare(Path keyFile) {
        stored(keyFile);
    }

    private static OctetSequenceKey create() {
        try {
            return new OctetSequenceKeyGenerator(256).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static OctetSequenceKey stored(Path file) {
        try {
            var key = OctetSequenceKey.parse(PrivateFile.readOrCreate(file, () -> create().toJSONString() + "\n"));
            if (key.size() == 256) {
                return key;
            }
        } catch (IOException e) {
            throw new Unusable(file, "cannot be read or created " + KeyFileRemedy.of(e));
        } catch (ParseException e) {
            // refused below; the cause could quote the key
        }
        throw new Unusable(file, "has no octet JWK of 256 bits: " + KeyFileRemedy.RESTORE);
    }

    String seal(BrowserSession session) {
        var claims = new JWTClaimsSet.Builder().subject(session.name());
        switch (session) {
            case BrowserSession.ByToken byToken -> claims.claim(TOKEN, byToken.tokenId());
            case BrowserSession.ByGroup byGroup -> claims.claim(GROUP, byGroup.group());
        }
        return seal(SESSION, claims.build(), session.expiresAt());
    }

    /** The session, unless it is expired or was not sealed with this key. */
    Optional<BrowserSession> session(String sealed) {
        return open(SESSION, sealed).flatMap(SessionSeal::session);
    }

    private static Optional<BrowserSession> session(JWTClaimsSet claims) {
        var name = claims.getSubject();
        var expiresAt = claims.getExpirationTime().toInstant();
        if (claims.getClaim(TOKEN) instanceof String tokenId) {
            return Optional.of(new BrowserSession.ByToken(name, tokenId, expiresAt));
        }
        return claims.getClaim(GROUP) instanceof String group
                ? Optional.of(new BrowserSession.ByGroup(name, group, expiresAt))
                : Optional.empty();
    }

    /** @param purpose for which alone {@link #open} accepts it */
    String seal(String purpose, JWTClaimsSet claims, Instant expiresAt) {
        var token = new EncryptedJWT(
                HEADER,
                new JWTClaimsSet.Builder(claims)
                        .audience(purpose)
                        .expirationTime(Date.from(expiresAt))
                        .build());
        try {
            token.encrypt(new DirectEncrypter(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return token.serialize();
    }

    Optional<JWTClaimsSet> open(String purpose, String sealed) {
        try {
            var token = EncryptedJWT.parse(sealed);
            token.decrypt(new DirectDecrypter(key));
            var claims = token.getJWTClaimsSet();
            return claims != null
                            && claims.getAudience().contains(purpose)
                            && claims.getExpirationTime() != null
                            && clock.instant()
                                    .isBefore(claims.getExpirationTime().toInstant())
                    ? Optional.of(claims)
                    : Optional.empty();
        } catch (ParseException | JOSEException | IllegalStateException e) {
            return Optional.empty();
        }
    }

    private static final class Unusable extends RuntimeException implements PlainReason {
        private static final long serialVersionUID = 1L;

        Unusable(Path file, String why) {
            super("growalert.gateway.session.key-file: %s %s".formatted(file, why));
        }
    }
}
