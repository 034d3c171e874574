package io.growalert.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports of the loopback address, 127.0.0.1. */
final class LoopbackPorts {
    static final String LOOPBACK = "127.0.0.1";

    private LoopbackPorts() {}

    /**
     * Checks that this port is free before a component binds it that would end the whole process.
     *
     * @param what who will listen there
     * @param option the command line's option that names another port
     * @throws CannotRun when it is in use
     */
    static void requireFree(int port, String what, String option) {
        try (var _ = listen(port)) {
            // free
        } catch (IOException e) {
            throw new CannotRun(
                    "port %d is needed for %s but cannot be used (%s): stop what uses it, or name another with %s"
                            .formatted(port, what, e.getMessage(), option),
                    e);
        }
    }

    /** A port that is free at this moment. */
    static int anyFree() {
        try (var socket = listen(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ServerSocket listen(int port) throws IOException {
        var socket = new ServerSocket();
        try {
            socket.setReuseAddress(true); // connections of an earlier run that are still closing do not count
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(LOOPBACK), port));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
