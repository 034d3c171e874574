package io.growalert.gateway;

import io.growalert.runtime.PlainReason;
import java.nio.file.Path;

/** The files of a gateway's keys, created before any gateway starts, where its own folders are read-only. */
public final class GatewayKeys {
    private GatewayKeys() {}

    /**
     * Creates what is missing of the files, and writes the public key again.
     *
     * @throws RuntimeException with a {@link PlainReason} when a file is unusable
     */
    public static void prepare(Path folder) {
        IdentityKey.prepare(folder.resolve("identity-key.json"), folder.resolve("identity-public-key.json"));
        SessionSeal.prepare(folder.resolve("session-key.json"));
    }
}
