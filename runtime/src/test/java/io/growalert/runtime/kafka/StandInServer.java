package io.growalert.runtime.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Something else in Kafka's place. */
final class StandInServer implements AutoCloseable {
    private static final int DRIP_MILLIS = 200;

    /** How it answers a connection. */
    @FunctionalInterface
    interface Answering {
        void answer(Socket client, CountDownLatch closed) throws IOException, InterruptedException;
    }

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final CountDownLatch closed = new CountDownLatch(1);

    private StandInServer(Answering answering) throws IOException {
        Thread.ofVirtual().start(() -> serve(answering));
    }

    /** As a web server that receives something else than HTTP. */
    static StandInServer http() throws IOException {
        return new StandInServer((client, _) -> {
            var _ = client.getInputStream().read(new byte[4_096]);
            client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII));
        });
    }

    /** The first bytes of a message, then one byte at a time, without an end. */
    static StandInServer dripping(int... first) throws IOException {
        return new StandInServer((client, closed) -> {
            for (int each : first) {
                client.getOutputStream().write(each);
            }
            while (!closed.await(DRIP_MILLIS, TimeUnit.MILLISECONDS)) {
                client.getOutputStream().write(0);
            }
        });
    }

    private void serve(Answering answering) {
        while (closed.getCount() > 0) {
            try {
                var client = server.accept();
                Thread.ofVirtual().start(() -> answer(answering, client));
            } catch (IOException e) {
                // the server is closed
            }
        }
    }

    private void answer(Answering answering, Socket client) {
        try (client) {
            answering.answer(client, closed);
        } catch (IOException e) {
            // the client closed the connection
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        server.close();
    }
}
