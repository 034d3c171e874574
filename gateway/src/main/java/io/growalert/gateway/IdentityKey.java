package io.growalert.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.growalert.runtime.PlainReason;
import io.growalert.runtime.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key pair (P-256) of the identity that the gateway signs. Only the gateway has the private key: in its file, or for this run in
 * memory. The services get the public key.
 */
public final class IdentityKey {
    private static final Logger LOG = LoggerFactory.getLogger(IdentityKey.class);

    private IdentityKey() {}

    /**
     * Creates what is missing of the files, for services that start before the gateway.
     *
     * @throws RuntimeException with a {@link PlainReason} when a file is unusable
     */
    public static void prepare(Path privateFile, Path publicFile) {
        publish(kept(privateFile), publicFile);
    }

    /**
     * Reads the private key, or creates it, and publishes its public key where a file for it is set.
     *
     * @throws RuntimeException with a {@link PlainReason} when a file is unusable
     */
    static ECKey of(GatewaySettings.Identity settings) {
        var privateFile = settings.privateKeyFile();
        var key = privateFile == null ? create() : kept(privateFile);
        var publicFile = settings.publicKeyFile();
        if (publicFile != null) {
            publish(key, publicFile);
        } else if (privateFile == null) {
            LOG.atWarn()
                    .addKeyValue("setting", "growalert.gateway.identity.public-key-file")
                    .log("Identity key only in memory; services refuse /api");
        }
        return key;
    }

    private static ECKey create() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyIDFromThumbprint(true).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ECKey kept(Path file) {
        try {
            return parse(file, PrivateFile.readOrCreate(file, () -> create().toJSONString() + "\n"));
        } catch (IOException e) {
            throw new Unusable("private-key-file", file, "cannot be read or created " + KeyFileRemedy.of(e), e);
        }
    }

    private static ECKey parse(Path file, String text) {
        try {
            var key = ECKey.parse(text);
            if (key.isPrivate() && Curve.P_256.equals(key.getCurve())) {
                return key.getKeyID() == null
                        ? new ECKey.Builder(key).keyIDFromThumbprint().build()
                        : key;
            }
        } catch (ParseException | JOSEException e) {
            // refused below; the cause could quote the key
        }
        throw new Unusable(
                "private-key-file", file, "has no private JWK of the curve P-256: " + KeyFileRemedy.RESTORE, null);
    }

    private static void publish(ECKey key, Path file) {
        var text = new JWKSet(key.toPublicJWK()).toString() + "\n";
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            // a separate file, since another gateway may publish the same key
            var draft = created(file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".new"));
            Files.writeString(draft, text);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new Unusable("public-key-file", file, "cannot be written " + KeyFileRemedy.of(e), e);
        }
    }

    /** Another user who can write it could choose whose identities the services accept: only its owner can, whatever the umask. */
    private static Path created(Path file) throws IOException {
        return Files.getFileStore(file.toAbsolutePath().getParent())
                        .supportsFileAttributeView(PosixFileAttributeView.class)
                ? Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")))
                : Files.createFile(file);
    }

    private static final class Unusable extends RuntimeException implements PlainReason {
        private static final long serialVersionUID = 1L;

        Unusable(String setting, Path file, String why, @Nullable Exception cause) {
            super("growalert.gateway.identity.%s: %s %s".formatted(setting, file, why), cause);
        }
    }
}
