package io.growalert.standalone;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.ssl.pem.PemContent;

/**
 * The gateway's own TLS: it then listens on all addresses of the machine, and not on the http port.
 *
 * @param certificate with its chain, PEM; it is read again when it changes
 * @param key of the certificate, PEM
 */
record Https(int port, Path certificate, Path key) {
    private static final String CERTIFICATE = "--certificate";
    private static final String KEY = "--certificate-key";

    /** A group may read the key, as Debian's ssl-cert does. */
    private static final Set<PosixFilePermission> OF_OTHERS =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

    /** @throws CannotRun when a file cannot be read or used, or they are no pair */
    void requireUsable() {
        var first = leaf();
        if (!KeyPairs.isPair(privateKey(), first.getPublicKey())) {
            throw new CannotRun(
                    "%s: %s is not the key of the first certificate in %s".formatted(KEY, key, certificate));
        }
    }

    /** What clients, or an operator who cares for the key, will object to: a line each. */
    List<String> warnings(Instant now) {
        var warnings = new ArrayList<String>();
        var first = leaf();
        if (now.isAfter(first.getNotAfter().toInstant())) {
            warnings.add("%s: %s expired on %s, clients refuse it"
                    .formatted(CERTIFICATE, certificate, first.getNotAfter().toInstant()));
        }
        if (now.isBefore(first.getNotBefore().toInstant())) {
            warnings.add("%s: %s is valid only from %s on, clients refuse it"
                    .formatted(CERTIFICATE, certificate, first.getNotBefore().toInstant()));
        }
        if (isOpenToOthers()) {
            warnings.add("%s: %s can be read or changed by others: chmod 600 it".formatted(KEY, key));
        }
        return warnings;
    }

    private boolean isOpenToOthers() {
        try {
            return Files.getPosixFilePermissions(key).stream().anyMatch(OF_OTHERS::contains);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // a file system without permissions
        }
    }

    private X509Certificate leaf() {
        var text = read(CERTIFICATE, certificate);
        try {
            return PemContent.of(text).getCertificates().getFirst();
        } catch (RuntimeException e) {
            throw new CannotRun(
                    "%s: %s has no certificate in PEM, between BEGIN CERTIFICATE and END CERTIFICATE"
                            .formatted(CERTIFICATE, certificate),
                    e);
        }
    }

    private PrivateKey privateKey() {
        var text = read(KEY, key);
        if (text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")) {
            throw new CannotRun(
                    "%s: %s is encrypted: decrypt it with openssl pkey -in %2$s -out FILE".formatted(KEY, key));
        }
        try {
            var found = PemContent.of(text).getPrivateKey();
            if (found != null) {
                return found;
            }
        } catch (RuntimeException e) {
            // refused below; the cause could quote the key
        }
        throw new CannotRun(
                "%s: %s has no private key in PEM, between BEGIN PRIVATE KEY and END PRIVATE KEY".formatted(KEY, key));
    }

    private static String read(String option, Path file) {
        if (Files.isDirectory(file)) {
            throw new CannotRun("%s: %s is a folder".formatted(option, file));
        }
        try {
            var text = Files.readString(file);
            if (text.isBlank()) {
                throw new CannotRun("%s: %s is empty".formatted(option, file));
            }
            return text;
        } catch (CharacterCodingException e) {
            return "no PEM";
        } catch (FileSystemException e) {
            throw new CannotRun("%s: %s cannot be read".formatted(option, file), e);
        } catch (IOException e) {
            throw new CannotRun("%s: %s cannot be read: %s".formatted(option, file, e.getMessage()), e);
        }
    }

    Map<String, Object> gatewaySettings() {
        return Map.of(
                "server.port",
                port,
                "server.address",
                "0.0.0.0",
                "server.ssl.bundle",
                "web",
                "spring.ssl.bundle.pem.web.keystore.certificate",
                "file:" + certificate.toAbsolutePath(),
                "spring.ssl.bundle.pem.web.keystore.private-key",
                "file:" + key.toAbsolutePath(),
                // on a reload too: a key that is not the certificate's leaves the former pair in use
                "spring.ssl.bundle.pem.web.keystore.verify-keys",
                true,
                "spring.ssl.bundle.pem.web.reload-on-update",
                true);
    }
}
