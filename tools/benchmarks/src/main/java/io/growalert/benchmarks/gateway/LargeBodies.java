package io.growalert.benchmarks.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.growalert.benchmarks.load.HttpAnswer;
import io.growalert.benchmarks.load.HttpLoad;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Two clients that send a body of a gigabyte as fast as possible, one with its length and one in chunks, until the response or
 * the end of the connection; and again a tenth of a second later.
 */
final class LargeBodies implements Disturbance {
    private static final long GIGABYTE = 1L << 30;
    private static final int PIECE = 64 << 10;
    private static final long PAUSE = 100_000_000;
    private static final InetSocketAddress SOURCE = new InetSocketAddress("127.0.4.1", 0);

    private final InetSocketAddress target;
    private final Map<String, Long> outcomes = new TreeMap<>();
    private final List<Thread> threads;
    private volatile boolean stop;

    LargeBodies(int port) {
        target = new InetSocketAddress(HttpLoad.ADDRESS, port);
        threads = List.of(
                start("length", "Content-Length: " + GIGABYTE, "", PIECE),
                start("chunked", "Transfer-Encoding: chunked", "%x\r\n".formatted(PIECE), PIECE + 2));
    }

    /** @param chunk what each piece begins with, which ends in a line break when it is a chunk */
    private Thread start(String name, String header, String chunk, int length) {
        var head = "POST /webhook HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n\r\n".formatted(header);
        var piece = ByteBuffer.allocateDirect(chunk.length() + length);
        piece.put(chunk.getBytes(ISO_8859_1)).put(new byte[PIECE]);
        if (!chunk.isEmpty()) {
            piece.put("\r\n".getBytes(ISO_8859_1));
        }
        piece.flip();
        return Thread.ofPlatform().start(() -> {
            while (!stop) {
                send(name, head, piece);
                LockSupport.parkNanos(PAUSE);
            }
        });
    }

    private void send(String name, String head, ByteBuffer piece) {
        long sent = 0;
        var outcome = "accepted whole";
        try (var selector = Selector.open();
                var channel = SocketChannel.open()) {
            channel.bind(SOURCE);
            channel.connect(target);
            channel.write(ByteBuffer.wrap(head.getBytes(ISO_8859_1)));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            var rest = piece.duplicate();
            while (sent < GIGABYTE && !stop) {
                selector.select(1_000);
                var ready = selector.selectedKeys().iterator();
                if (!ready.hasNext()) {
                    continue;
                }
                var key = ready.next();
                ready.remove();
                if (key.isReadable()) {
                    outcome = answer(channel);
                    break;
                }
                sent += channel.write(rest);
                if (!rest.hasRemaining()) {
                    rest = piece.duplicate();
                }
            }
        } catch (IOException e) {
            outcome = "cut off";
        }
        if (!stop) {
            note(name + ": " + outcome, 1);
            note(name + ": KB sent", sent / 1_000);
        }
    }

    private static String answer(SocketChannel channel) throws IOException {
        var in = ByteBuffer.allocate(2048);
        return channel.read(in) > 0
                ? HttpAnswer.outcome(ISO_8859_1.decode(in.flip()).toString())
                : "closed";
    }

    private synchronized void note(String what, long count) {
        outcomes.merge(what, count, Long::sum);
    }

    @Override
    public synchronized Map<String, Long> outcomes() {
        return new TreeMap<>(outcomes);
    }

    @Override
    public void close() {
        stop = true;
        try {
            for (var thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
