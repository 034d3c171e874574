package io.growalert.benchmarks.load;

import io.growalert.benchmarks.load.Replies.Reply;
import java.io.IOException;
import java.nio.channels.Selector;
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
public final class WebhookLoad {
    private static final long PATIENCE = Duration.ofSeconds(30).toNanos();
    private static final long PAUSE = Duration.ofMillis(100).toNanos();

    private final List<Integer> ports;
    private final int connections;
    private final boolean untilTaken;
    private final LongSupplier allowed;
    private final Deque<SignedWebhook> again = new ArrayDeque<>();

    /**
     * @param ports of the instances; the connections are spread over them
     * @param untilTaken whether a webhook without a 200 is retried until it gets one, as Stripe does; otherwise it is only counted
     * @param allowed how many may have been sent by now
     */
    public WebhookLoad(List<Integer> ports, int connections, boolean untilTaken, LongSupplier allowed) {
        this.ports = List.copyOf(ports);
        this.connections = connections;
        this.untilTaken = untilTaken;
        this.allowed = allowed;
    }

    /** As many as are accepted. */
    public static WebhookLoad full(List<Integer> ports, int connections, boolean untilTaken) {
        return new WebhookLoad(ports, connections, untilTaken, () -> Long.MAX_VALUE);
    }

    /**
     * @param seconds how long each accepted webhook waited for its 200
     * @param refusals how many responses had each other status; 0 stands for a broken connection
     * @param example one of the refusals in full; empty when there was none
     */
    public record Outcome(Duration took, List<Double> seconds, Map<Integer, Integer> refusals, String example) {
        public double perSecond() {
            return seconds.size() * 1e9 / took.toNanos();
        }
    }

    /**
     * Sends until there are no more, or the time is up, or it is stopped, and returns when no request is in flight.
     *
     * @param webhooks gives null when there are no more
     * @param taken receives the id of each event that got a 200
     */
    public Outcome run(
            Supplier<@Nullable SignedWebhook> webhooks, Duration bound, AtomicBoolean stop, Consumer<String> taken)
            throws IOException {
        var run = new Run(webhooks, System.nanoTime() + bound.toNanos(), stop, taken);
        try (var selector = Selector.open()) {
            return run.over(selector);
        }
    }

    private final class Run {
        private final Supplier<@Nullable SignedWebhook> webhooks;
        private final long until;
        private final AtomicBoolean stop;
        private final Consumer<String> taken;
        private final List<Double> seconds = new ArrayList<>();
        private final Map<Integer, Integer> refusals = new TreeMap<>();
        private String example = "";
        private long sent;
        private @Nullable SignedWebhook upcoming;
        private boolean exhausted;

        Run(Supplier<@Nullable SignedWebhook> webhooks, long until, AtomicBoolean stop, Consumer<String> taken) {
            this.webhooks = webhooks;
            this.until = until;
            this.stop = stop;
            this.taken = taken;
        }

        Outcome over(Selector selector) throws IOException {
            long start = System.nanoTime();
            var lanes = new ArrayList<Lane>();
            for (int i = 0; i < connections; i++) {
                lanes.add(new Lane(this, ports.get(i % ports.size()), selector));
            }
            try {
                while (true) {
                    long now = System.nanoTime();
                    boolean busy = false;
                    for (var lane : lanes) {
                        lane.tend(now);
                        busy |= lane.isBusy();
                    }
                    if (!busy && (now > until || stop.get() || (exhausted && again.isEmpty()))) {
                        break;
                    }
                    selector.select(HttpLoad::ready, 5);
                }
            } finally {
                lanes.forEach(Lane::close);
            }
            return new Outcome(Duration.ofNanos(System.nanoTime() - start), seconds, refusals, example);
        }

        @Nullable
        SignedWebhook next() {
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

        void took(SignedWebhook webhook, double waited) {
            seconds.add(waited);
            taken.accept(webhook.eventId());
        }

        void refused(SignedWebhook webhook, int status, String how) {
            refusals.merge(status, 1, Integer::sum);
            if (example.isEmpty()) {
                example = how;
            }
            if (untilTaken) {
                again.add(webhook);
            }
        }
    }

    /** A connection and the webhook that it is sending. */
    private static final class Lane {
        private final Run run;
        private final HttpConnection connection;
        private @Nullable SignedWebhook webhook;
        private long restUntil = System.nanoTime();

        Lane(Run run, int port, Selector selector) {
            this.run = run;
            connection = new HttpConnection(HttpLoad.ADDRESS, port, selector, (_, reply) -> done(reply));
        }

        boolean isBusy() {
            return webhook != null;
        }

        /** Starts on the next webhook when there is nothing to wait for. */
        void tend(long now) {
            if (webhook != null) {
                connection.giveUpAfter(PATIENCE);
            } else if (now - restUntil > 0) {
                sendNext();
            }
        }

        private void sendNext() {
            var next = run.next();
            if (next != null) {
                webhook = next;
                connection.send(LoadRequest.of(next), System.nanoTime());
            }
        }

        private void done(Reply reply) {
            var sent = webhook;
            webhook = null;
            if (sent == null) {
                return;
            }
            if (reply.isOk()) {
                run.took(sent, reply.seconds());
                sendNext();
            } else {
                restUntil = System.nanoTime() + PAUSE;
                run.refused(sent, reply.status(), reply.status() == 0 ? reply.code() : connection.text());
            }
        }

        void close() {
            connection.close();
        }
    }
}
