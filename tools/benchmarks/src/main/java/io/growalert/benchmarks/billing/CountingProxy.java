package io.growalert.benchmarks.billing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Stands between billing and Stripe, passes every byte on, and remembers when each request came. */
final class CountingProxy implements AutoCloseable {
    private static final long SECOND = 1_000_000_000;

    private final URI target;
    private final ServerSocket server = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
    private final List<Long> arrivals = new ArrayList<>();

    CountingProxy(URI target) throws IOException {
        this.target = target;
        Thread.ofVirtual().start(this::accept);
    }

    URI address() {
        return URI.create("http://127.0.0.1:%d".formatted(server.getLocalPort()));
    }

    private void accept() {
        try {
            while (true) {
                var client = server.accept();
                var stripe = new Socket(InetAddress.getLoopbackAddress(), target.getPort());
                client.setTcpNoDelay(true);
                stripe.setTcpNoDelay(true);
                // what comes first after an answer is the next request
                var answered = new AtomicBoolean(true);
                Thread.ofVirtual()
                        .start(() -> pass(client, stripe, () -> {
                            if (answered.compareAndSet(true, false)) {
                                arrived();
                            }
                        }));
                Thread.ofVirtual().start(() -> pass(stripe, client, () -> answered.set(true)));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private static void pass(Socket from, Socket to, Runnable each) {
        try (from;
                to) {
            copy(from.getInputStream(), to.getOutputStream(), each);
        } catch (IOException e) {
            // one side is gone, and so is the other
        }
    }

    private static void copy(InputStream in, OutputStream out, Runnable each) throws IOException {
        var buffer = new byte[32 * 1024];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            each.run();
            out.write(buffer, 0, count);
        }
    }

    private synchronized void arrived() {
        arrivals.add(System.nanoTime());
    }

    synchronized int count() {
        return arrivals.size();
    }

    /** The most that came within any one second. */
    synchronized int mostASecond() {
        int most = 0;
        int first = 0;
        for (int last = 0; last < arrivals.size(); last++) {
            while (arrivals.get(last) - arrivals.get(first) >= SECOND) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        return most;
    }

    synchronized void forget() {
        arrivals.clear();
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
