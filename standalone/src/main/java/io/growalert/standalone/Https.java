package io.growalert.standalone;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The gateway's own TLS: it then listens on all addresses of the machine, and not on the http port.
 *
 * @param certificate with its chain, PEM; it is read again when it changes
 * @param key of the certificate, PEM
 */
record Https(int port, Path certificate, Path key) {
    /** @throws CannotRun when a file cannot be read */
    void requireReadable() {
        requireReadable("--certificate", certificate);
        requireReadable("--certificate-key", key);
    }

    private static void requireReadable(String option, Path file) {
        if (!Files.isReadable(file)) {
            throw new CannotRun("%s: %s cannot be read".formatted(option, file));
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
                "spring.ssl.bundle.pem.web.reload-on-update",
                true);
    }
}
