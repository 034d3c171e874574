package io.growalert.runtime.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Accepts each connection and closes it, as a proxy whose broker is down. */
final class ClosingServer implements AutoCloseable {
    private final ServerSocket server;

    ClosingServer() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
        while (!server.isClosed()) {
            try (var _ = server.accept()) {
                // closed at once
            } catch (IOException e) {
                // the server is closed
            }
        }
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
