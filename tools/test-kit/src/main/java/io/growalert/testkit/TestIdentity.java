package io.growalert.testkit;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Signs the identity of operators in the gateway's place. */
public final class TestIdentity {
    private final ECKey key;

    public TestIdentity() {
        try {
            key = new ECKeyGenerator(Curve.P_256).keyIDFromThumbprint(true).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The value of {@code growalert.identity.public-key}. */
    public String publicKey() {
        return key.toPublicJWK().toJSONString();
    }

    /** The value of {@code Authorization} with which the admin {@code operator} calls this service. */
    public String bearer(String service) {
        return bearer(service, "operator", "admin");
    }

    public String bearer(String service, String name, String role) {
        return bearer(Map.of("aud", service, "sub", name, "role", role));
    }

    /** @param claims beside, or instead of, {@code iss}, {@code iat} and {@code exp} */
    public String bearer(Map<String, ? extends @Nullable Object> claims) {
        var now = Instant.now();
        var all = new JWTClaimsSet.Builder()
                .issuer("growalert-gateway")
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(60)));
        claims.forEach(all::claim);
        var token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(), all.build());
        try {
            token.sign(new ECDSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return "Bearer " + token.serialize();
    }
}
