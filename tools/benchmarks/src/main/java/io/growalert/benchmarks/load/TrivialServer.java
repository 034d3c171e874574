package io.growalert.benchmarks.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.growalert.benchmarks.report.Report;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Answers 200 to everything and does nothing: what is slow against it is the client, or what is between. */
public final class TrivialServer implements AutoCloseable {
    /** As small as a shop's first response. */
    public static final String JSON =
            "{\"publishableKey\":\"pk_test_benchmark\",\"plans\":[{\"id\":\"basic\",\"amount\":900}]}";

    private static final String LENGTH = "content-length: ";

    private final ServerSocket server;
    private final byte[] answer;
    private volatile boolean silent;

    public TrivialServer() throws IOException {
        this(0, "");
    }

    /**
     * @param port to listen on, or 0 for any
     * @param json the body of its responses
     */
    public TrivialServer(int port, String json) throws IOException {
        server = new ServerSocket(port, 1_000, InetAddress.getLoopbackAddress());
        answer = "HTTP/1.1 200 \r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(json.length(), json)
                .getBytes(ISO_8859_1);
        Thread.ofVirtual().start(this::accept);
    }

    /** As a separate process, until it is ended: {@code PORT}. */
    public static void main(String... args) throws Exception {
        try (var server = new TrivialServer(Integer.parseInt(args[0]), JSON)) {
            Report.print("listens on " + server.port());
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    /** Meanwhile requests are read and never answered. */
    public void beSilent(boolean silent) {
        this.silent = silent;
    }

    public int port() {
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

    private void serve(Socket socket) {
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
                    if (line.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
                        length = Integer.parseInt(line.substring(LENGTH.length()));
                    }
                    line = line(in);
                }
                in.skipNBytes(length);
                if (!silent) {
                    out.write(answer);
                }
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
