package io.growalert.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Answers 200 to everything and does nothing: what is slow against it is the client. */
final class TrivialServer implements AutoCloseable {
    private static final byte[] OK = "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1);
    private static final String LENGTH = "Content-Length: ";

    private final ServerSocket server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());

    TrivialServer() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                var socket = server.accept();
                socket.setTcpNoDelay(true);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private static void serve(Socket socket) {
        try (socket;
                var in = new BufferedInputStream(socket.getInputStream(), 64 * 1024)) {
            var out = socket.getOutputStream();
            while (true) {
                int length = 0;
                String line = line(in);
                if (line.isEmpty()) {
                    return;
                }
                while (!line.isEmpty()) {
                    if (line.startsWith(LENGTH)) {
                        length = Integer.parseInt(line.substring(LENGTH.length()));
                    }
                    line = line(in);
                }
                in.skipNBytes(length);
                out.write(OK);
            }
        } catch (IOException e) {
            // the client is gone
        }
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
