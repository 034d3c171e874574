package io.growalert.testkit;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority, whose certificates are valid for an hour. */
public final class TestCa {
    private static final String SIGNATURE = "SHA256withECDSA";
    private static final Duration HOUR = Duration.ofHours(1);

    private final KeyPair keys = newKeys();
    private final String name;
    private final X509Certificate certificate;

    /** A private key and the certificate of its public key. */
    public record Identity(KeyPair keys, X509Certificate certificate) {
        public String keyPem() {
            try {
                return pem(new JcaPKCS8Generator(keys.getPrivate(), null).generate());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        public String certificatePem() {
            return pem(certificate);
        }
    }

    public TestCa(String name) {
        this.name = name;
        certificate = sign(name, keys, true, "ca.invalid", Instant.now().plus(HOUR));
    }

    public Certificate certificate() {
        return certificate;
    }

    public String certificatePem() {
        return pem(certificate);
    }

    /** @param host the only one that it is valid for, a name or an IPv4 address */
    public Identity issue(String commonName, String host) {
        return issue(commonName, host, Instant.now().plus(HOUR));
    }

    public Identity issue(String commonName, String host, Instant until) {
        var own = newKeys();
        return new Identity(own, sign(commonName, own, false, host, until));
    }

    private X509Certificate sign(String commonName, KeyPair subject, boolean isCa, String host, Instant until) {
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    new X500Name("CN=" + name),
                    BigInteger.valueOf(System.nanoTime()),
                    Date.from(Instant.now().minus(HOUR.multipliedBy(2))),
                    Date.from(until),
                    new X500Name("CN=" + commonName),
                    subject.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isCa));
            var type = Character.isDigit(host.charAt(0)) ? GeneralName.iPAddress : GeneralName.dNSName;
            builder.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(type, host)));
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(keys.getPrivate())));
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair newKeys() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(Object object) {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
