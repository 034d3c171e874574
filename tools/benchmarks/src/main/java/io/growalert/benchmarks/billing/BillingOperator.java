package io.growalert.benchmarks.billing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.growalert.runtime.http.Operator;
import io.growalert.runtime.http.Role;
import java.time.Instant;
import java.util.Date;

/** The admin who calls billing without the gateway, whose signature it replaces. */
final class BillingOperator {
    private static final ECKey KEY = create();

    private BillingOperator() {}

    private static ECKey create() {
        try {
            return new ECKeyGenerator(Curve.P_256).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The value of {@code growalert.identity.public-key}. */
    static String publicKey() {
        return KEY.toPublicJWK().toJSONString();
    }

    /** The value of {@code Authorization}, for a minute. */
    static String bearer() {
        var claims = new JWTClaimsSet.Builder()
                .issuer(Operator.ISSUER)
                .subject("benchmark")
                .audience("billing-service")
                .claim(Operator.ROLE, Role.ADMIN.text())
                .expirationTime(Date.from(Instant.now().plusSeconds(60)))
                .build();
        var token = new SignedJWT(new JWSHeader(JWSAlgorithm.ES256), claims);
        try {
            token.sign(new ECDSASigner(KEY));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return "Bearer " + token.serialize();
    }
}
