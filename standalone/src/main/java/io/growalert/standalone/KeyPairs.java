package io.growalert.standalone;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;

/** Whether a private key belongs to a public key. */
final class KeyPairs {
    private static final byte[] PROBE = {1, 2, 3};

    private KeyPairs() {}

    /** Signs with the one and verifies with the other. Keys of an algorithm that is not known here count as a pair. */
    static boolean isPair(PrivateKey privateKey, PublicKey publicKey) {
        if (privateKey instanceof RSAKey one && publicKey instanceof RSAKey other) {
            return one.getModulus().equals(other.getModulus());
        }
        try {
            var signature = Signature.getInstance(algorithm(publicKey));
            signature.initSign(privateKey);
            signature.update(PROBE);
            var signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (InvalidKeyException | SignatureException e) {
            return false;
        } catch (NoSuchAlgorithmException e) {
            return true;
        }
    }

    private static String algorithm(PublicKey key) {
        return switch (key) {
            case RSAKey _ -> "SHA256withRSA";
            case ECKey _ -> "SHA256withECDSA";
            case EdECKey _ -> "EdDSA";
            case PublicKey other -> other.getAlgorithm();
        };
    }
}
