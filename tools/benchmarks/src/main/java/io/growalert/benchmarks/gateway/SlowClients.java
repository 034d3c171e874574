package io.growalert.benchmarks.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.growalert.benchmarks.load.HttpAnswer;
import io.growalert.benchmarks.load.HttpLoad;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Many connections, each of which sends a byte a second: half of them of endless headers, half of a body. A
 * closed one reconnects at its next byte. They have many addresses, so that no limit per address applies.
 */
final class SlowClients implements Disturbance {
    private static final int ADDRESSES = 250;
    private static final long SECOND = 1_000_000_000;
    private static final byte[] HEAD = "GET /config HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ".getBytes(ISO_8859_1);
    private static final byte[] BODY =
            "POST /webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60000\r\n\r\n".getBytes(ISO_8859_1);

    private final InetSocketAddress target;
    private final Selector selector = Selector.open();
    private final List<Client> clients = new ArrayList<>();
    private final Map<String, Long> outcomes = new TreeMap<>();
    private final Thread thread;
    private volatile boolean stop;

    /** Returns when all of them are connected. */
    SlowClients(int port, int count) throws IOException {
        target = new InetSocketAddress(HttpLoad.ADDRESS, port);
        var sources = HttpLoad.addresses(3, ADDRESSES);
        for (int i = 0; i < count; i++) {
            clients.add(new Client(new InetSocketAddress(sources.get(i % ADDRESSES), 0), i % 2 == 0));
        }
        for (var client : clients) {
            client.connect();
        }
        thread = Thread.ofPlatform().start(this::run);
    }

    private void run() {
        long start = System.nanoTime();
        for (long turn = 0; !stop; turn++) {
            long wait = start + turn * SECOND / clients.size() - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            }
            clients.get((int) (turn % clients.size())).sendOne();
            try {
                selector.selectNow(key -> ((Client) key.attachment()).read());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void note(String outcome) {
        outcomes.merge(outcome, 1L, Long::sum);
    }

    private final class Client {
        private static final byte A = 'a';

        private final InetSocketAddress source;
        private final boolean slowHead;
        private final ByteBuffer in = ByteBuffer.allocate(1024);
        private @Nullable SocketChannel channel;
        private int sent;

        Client(InetSocketAddress source, boolean slowHead) {
            this.source = source;
            this.slowHead = slowHead;
        }

        /** A body's head is sent at once. */
        void connect() throws IOException {
            var opened = SocketChannel.open();
            channel = opened;
            opened.bind(source);
            opened.connect(target);
            sent = 0;
            if (!slowHead) {
                opened.write(ByteBuffer.wrap(BODY));
            }
            opened.configureBlocking(false);
            opened.register(selector, SelectionKey.OP_READ, this);
        }

        void sendOne() {
            try {
                if (channel == null) {
                    connect();
                } else {
                    byte next = slowHead && sent < HEAD.length ? HEAD[sent] : A;
                    sent += channel.write(ByteBuffer.wrap(new byte[] {next}));
                }
            } catch (IOException e) {
                end("cut off");
            }
        }

        void read() {
            try {
                if (channel != null && channel.read(in.clear()) > 0) {
                    end(HttpAnswer.outcome(ISO_8859_1.decode(in.flip()).toString()));
                } else {
                    end("closed");
                }
            } catch (IOException e) {
                end("cut off");
            }
        }

        private void end(String how) {
            note((slowHead ? "head: " : "body: ") + how);
            close();
        }

        void close() {
            if (channel != null) {
                try {
                    channel.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                channel = null;
            }
        }
    }

    @Override
    public Map<String, Long> outcomes() {
        return outcomes;
    }

    @Override
    public void close() {
        stop = true;
        try {
            thread.join();
            clients.forEach(Client::close);
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
