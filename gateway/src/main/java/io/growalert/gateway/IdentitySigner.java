package io.growalert.gateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.growalert.runtime.http.Operator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;

/**
 * Signs the identity of an operator for one service: a JWT (ES256) that is valid for a minute. It is signed once in 10 s, so that
 * the services accept it for another 50 s.
 */
final class IdentitySigner {
    static final Duration VALID = Duration.ofMinutes(1);

    private static final Duration REUSED = Duration.ofSeconds(10);
    /** More than there are operators and services. */
    private static final int REMEMBERED = 1_000;

    private final JWSHeader header;
    private final JWSSigner signer;
    private final InstantSource clock;
    private final Cache<Identity, String> signed = Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .expireAfterWrite(REUSED)
            .build();

    private record Identity(Operator operator, String service) {}

    IdentitySigner(ECKey key, InstantSource clock) {
        this.clock = clock;
        header = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build();
        try {
            signer = new ECDSASigner(key);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The value of {@code Authorization} with which the operator calls this service. */
    String bearer(Operator operator, String service) {
        return signed.get(new Identity(operator, service), this::sign);
    }

    private String sign(Identity identity) {
        var now = clock.instant();
        var token = new SignedJWT(
                header,
                new JWTClaimsSet.Builder()
                        .issuer(Operator.ISSUER)
                        .subject(identity.operator.name())
                        .audience(identity.service)
                        .claim(Operator.ROLE, identity.operator.role().text())
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plus(VALID)))
                        .build());
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return "Bearer " + token.serialize();
    }
}
