package io.growalert.benchmarks.load;

import io.growalert.benchmarks.load.Replies.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests over many connections from one thread, one at a time on each: an HTTP client of the smallest kind, because it
 * shares the processors with what it measures.
 *
 * <p>In a closed loop a connection sends its next request after the response to the previous one. In an open loop requests
 * are due at a steady pace, and latency counts from when a request was due, so that a slow server does not hide its latency by
 * getting fewer requests.
 */
public final class HttpLoad {
    public static final InetAddress ADDRESS = InetAddress.ofLiteral("127.0.0.1");

    private static final long MILLISECOND = 1_000_000;
    private static final long PATIENCE = Duration.ofSeconds(60).toNanos();

    private final int port;
    private final List<InetAddress> sources;
    private final int connections;

    /** @param sources the addresses that requests come from, each from as many connections */
    public HttpLoad(int port, List<InetAddress> sources, int connections) {
        this.port = port;
        this.sources = List.copyOf(sources);
        this.connections = connections;
    }

    public static HttpLoad to(int port, int connections) {
        return new HttpLoad(port, List.of(ADDRESS), connections);
    }

    /** So many loopback addresses, from 127.0.{@code third}.1 on. */
    public static List<InetAddress> addresses(int third, int count) {
        var addresses = new ArrayList<InetAddress>();
        for (int i = 1; i <= count; i++) {
            addresses.add(InetAddress.ofLiteral("127.0.%d.%d".formatted(third, i)));
        }
        return addresses;
    }

    /** As many as possible; returns when the time is up, or there are no more, and no response is outstanding. */
    public Replies closed(Supplier<? extends @Nullable LoadRequest> asks, Duration time) throws IOException {
        return run(asks, time, _ -> 0);
    }

    public Replies open(Supplier<? extends @Nullable LoadRequest> asks, double perSecond, Duration time)
            throws IOException {
        return run(asks, time, number -> (long) (number * 1e9 / perSecond));
    }

    private Replies run(Supplier<? extends @Nullable LoadRequest> asks, Duration time, LongUnaryOperator due)
            throws IOException {
        try (var selector = Selector.open()) {
            return new Run(asks, due, time.toNanos()).over(selector);
        }
    }

    private final class Run {
        private final Supplier<? extends @Nullable LoadRequest> asks;
        private final LongUnaryOperator dueAfter;
        private final long bound;
        private final long start = System.nanoTime();
        private final List<Reply> replies = new ArrayList<>();
        private final Deque<HttpConnection> idle = new ArrayDeque<>();
        private long sent;
        private boolean over;

        Run(Supplier<? extends @Nullable LoadRequest> asks, LongUnaryOperator dueAfter, long bound) {
            this.asks = asks;
            this.dueAfter = dueAfter;
            this.bound = bound;
        }

        Replies over(Selector selector) throws IOException {
            var all = new ArrayList<HttpConnection>();
            for (int i = 0; i < connections; i++) {
                all.add(new HttpConnection(sources.get(i % sources.size()), port, selector, this::done));
            }
            idle.addAll(all);
            try {
                long checked = start;
                while (!over || idle.size() < connections) {
                    sendDue();
                    await(selector);
                    if (System.nanoTime() - checked > 100 * MILLISECOND) {
                        checked = System.nanoTime();
                        for (var connection : all) {
                            connection.giveUpAfter(PATIENCE);
                        }
                    }
                }
            } finally {
                all.forEach(HttpConnection::close);
            }
            return new Replies(replies, Duration.ofNanos(System.nanoTime() - start));
        }

        private void sendDue() {
            while (!over && !idle.isEmpty()) {
                long due = dueAfter.applyAsLong(sent);
                long now = System.nanoTime() - start;
                if (now > bound || due > bound) {
                    over = true;
                } else if (due > now) {
                    return;
                } else {
                    var ask = asks.get();
                    if (ask == null) {
                        over = true;
                    } else {
                        sent++;
                        idle.remove().send(ask, start + (due == 0 ? now : due));
                    }
                }
            }
        }

        /** Sleeps until a response arrives or a request is due: a selector alone has a resolution of milliseconds. */
        private void await(Selector selector) throws IOException {
            long left =
                    over || idle.isEmpty() ? 100 * MILLISECOND : start + dueAfter.applyAsLong(sent) - System.nanoTime();
            if (idle.size() == connections && !over) {
                LockSupport.parkNanos(left);
            } else if (left >= MILLISECOND) {
                selector.select(HttpLoad::ready, left / MILLISECOND);
                return;
            }
            selector.selectNow(HttpLoad::ready);
        }

        private void done(HttpConnection connection, Reply reply) {
            replies.add(reply);
            idle.add(connection);
        }
    }

    static void ready(java.nio.channels.SelectionKey key) {
        ((HttpConnection) key.attachment()).ready();
    }
}
