package io.growalert.dispatcher.template;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Answers each request with the same bytes, which need not be valid HTTP. */
public final class SloppyServer implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final byte[] answer;

    public SloppyServer(String answer) throws IOException {
        this.answer = answer.getBytes(ISO_8859_1);
        Thread.ofVirtual().start(this::serve);
    }

    public String url() {
        return "http://127.0.0.1:%d/".formatted(socket.getLocalPort());
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (var connection = socket.accept()) {
                var in = connection.getInputStream();
                var head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    int next = in.read();
                    if (next < 0) {
                        break;
                    }
                    head.append((char) next);
                }
                connection.getOutputStream().write(answer);
                connection.getOutputStream().flush();
                connection.shutdownOutput();
                // until the client closes: a reset could overtake the answer
                in.skipNBytes(Long.MAX_VALUE);
            } catch (IOException e) {
                // the client or the test closed it
            }
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
