package io.growalert.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A free port of 127.0.0.1, for a server whose address must be known before it starts. Ports are below those that the system gives to
 * connections, so that no connection takes one in the meantime.
 */
public final class FreePort {
    private FreePort() {}

    public static int next() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (IOException _) {
                // in use; try another one
            }
        }
    }
}
