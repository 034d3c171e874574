package io.growalert.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends webhooks over many connections from one thread, one request at a time on each: an HTTP client of the smallest kind,
 * because it shares the processors with what it measures.
 */
final class WebhookLoad {
    private static final long PATIENCE = Duration.ofSeconds(30).toNanos();
    private static final long PAUSE = Duration.ofMillis(100).toNanos();

    private final List<Integer> ports;
    private final int connections;
    private final boolean untilTaken;
    private final LongSupplier allowed;
    private final Deque<Webhook> again = new ArrayDeque<>();

    /**
     * @param ports of the instances; the connections are spread over them
     * @param untilTaken whether what got no 200 is sent again until it does, as Stripe would; otherwise it is only counted
     * @param allowed how many may have been sent by now
     */
    WebhookLoad(List<Integer> ports, int connections, boolean untilTaken, LongSupplier allowed) {
        this.ports = List.copyOf(ports);
        this.connections = connections;
        this.untilTaken = untilTaken;
        this.allowed = allowed;
    }

    /** As many as are taken. */
    static WebhookLoad full(List<Integer> ports, int connections, boolean untilTaken) {
        return new WebhookLoad(ports, connections, untilTaken, () -> Long.MAX_VALUE);
    }

    /**
     * @param seconds how long each taken webhook waited for its 200
     * @param refusals how many answers of each other status came; 0 stands for a broken connection
     * @param example one of the refusals in full; empty when there was none
     */
    record Outcome(Duration took, List<Double> seconds, Map<Integer, Integer> refusals, String example) {
        double perSecond() {
            return seconds.size() * 1e9 / took.toNanos();
        }
    }

    /**
     * Sends until there are no more, or the time is up, or it is told to stop, and returns when nothing is on its way.
     *
     * @param webhooks gives null when there are no more
     * @param taken told the id of each event that got a 200
     */
    Outcome run(Supplier<@Nullable Webhook> webhooks, Duration bound, AtomicBoolean stop, Consumer<String> taken)
            throws IOException {
        var run = new Run(webhooks, System.nanoTime() + bound.toNanos(), stop, taken);
        try (var selector = Selector.open()) {
            return run.over(selector);
        }
    }

    private final class Run {
        private final Supplier<@Nullable Webhook> webhooks;
        private final long until;
        private final AtomicBoolean stop;
        private final Consumer<String> taken;
        private final List<Double> seconds = new ArrayList<>();
        private final Map<Integer, Integer> refusals = new TreeMap<>();
        private String example = "";
        private long sent;
        private @Nullable Webhook upcoming;
        private boolean exhausted;

        Run(Supplier<@Nullable Webhook> webhooks, long until, AtomicBoolean stop, Consumer<String> taken) {
            this.webhooks = webhooks;
            this.until = until;
            this.stop = stop;
            this.taken = taken;
        }

        Outcome over(Selector selector) throws IOException {
            long start = System.nanoTime();
            var all = new ArrayList<Connection>();
            for (int i = 0; i < connections; i++) {
                all.add(new Connection(this, ports.get(i % ports.size()), selector));
            }
            try {
                while (true) {
                    long now = System.nanoTime();
                    boolean busy = false;
                    for (var connection : all) {
                        connection.tend(now);
                        busy |= connection.isBusy();
                    }
                    if (!busy && (now > until || stop.get() || (exhausted && again.isEmpty()))) {
                        break;
                    }
                    selector.select(key -> ((Connection) key.attachment()).ready(), 5);
                }
            } finally {
                all.forEach(Connection::close);
            }
            return new Outcome(Duration.ofNanos(System.nanoTime() - start), seconds, refusals, example);
        }

        @Nullable
        Webhook next() {
            if (System.nanoTime() > until || stop.get()) {
                return null;
            }
            var waiting = again.poll();
            if (waiting != null || exhausted) {
                return waiting;
            }
            if (upcoming == null) {
                upcoming = webhooks.get();
                exhausted = upcoming == null;
            }
            if (sent >= allowed.getAsLong()) {
                return null;
            }
            var next = upcoming;
            upcoming = null;
            sent++;
            return next;
        }

        void took(Webhook webhook, long nanos) {
            seconds.add(nanos / 1e9);
            taken.accept(webhook.eventId());
        }

        void refused(Webhook webhook, int status, String how) {
            refusals.merge(status, 1, Integer::sum);
            if (example.isEmpty()) {
                example = how;
            }
            if (untilTaken) {
                again.add(webhook);
            }
        }
    }

    private static final class Connection {
        private final Run run;
        private final int port;
        private final Selector selector;
        private final Answer answer = new Answer();
        private @Nullable SocketChannel channel;
        private @Nullable Webhook webhook;
        private ByteBuffer request = ByteBuffer.allocate(0);
        private long sentAt;
        private long restUntil;

        Connection(Run run, int port, Selector selector) {
            this.run = run;
            this.port = port;
            this.selector = selector;
        }

        boolean isBusy() {
            return webhook != null;
        }

        /** Starts on the next webhook when there is nothing to wait for. */
        void tend(long now) {
            if (webhook != null) {
                if (now - sentAt > PATIENCE) {
                    fail(0, "no answer");
                }
            } else if (now - restUntil > 0) {
                sendNext();
            }
        }

        private void sendNext() {
            webhook = run.next();
            if (webhook == null) {
                return;
            }
            request = webhook.request();
            answer.clear();
            sentAt = System.nanoTime();
            try {
                open(selector).write(request);
            } catch (IOException e) {
                fail(0, String.valueOf(e.getMessage()));
            }
        }

        private SocketChannel open(Selector selector) throws IOException {
            if (channel == null) {
                channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, this);
            }
            return channel;
        }

        void ready() {
            var sent = webhook;
            if (channel == null || sent == null) {
                close(); // the server closed a connection that was idle
                return;
            }
            try {
                if (request.hasRemaining()) {
                    channel.write(request);
                }
                if (!answer.isCompleteAfter(channel)) {
                    return;
                }
            } catch (IOException e) {
                fail(0, String.valueOf(e.getMessage()));
                return;
            }
            if (answer.isLast()) {
                close();
            }
            webhook = null;
            if (answer.status() == 200) {
                run.took(sent, System.nanoTime() - sentAt);
                sendNext();
            } else {
                restUntil = System.nanoTime() + PAUSE;
                run.refused(sent, answer.status(), answer.text());
            }
        }

        private void fail(int status, String how) {
            close();
            restUntil = System.nanoTime() + PAUSE;
            var sent = webhook;
            webhook = null;
            if (sent != null) {
                run.refused(sent, status, how);
            }
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
}
