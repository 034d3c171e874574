package io.growalert.gateway;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.concurrent.Cancellable;
import org.jspecify.annotations.Nullable;

/** What a client is connected by. Whatever is done on it has to be done by a certain time, all in all. */
final class Connection {
    /** The one whose request this thread answers. */
    static final ScopedValue<Connection> CURRENT = ScopedValue.newInstance();

    private static final Duration LONG = Duration.ofMinutes(2);

    private final SocketChannel channel;
    private final String network;
    private final Duration slowest;
    private final AtomicReference<@Nullable Due> due = new AtomicReference<>();
    private volatile boolean asked;
    private volatile boolean overdue;

    /** @param asked what to give up first, so that there is an answer yet */
    private record Due(long nanos, @Nullable Cancellable asked) {
        static Due in(Duration time, @Nullable Cancellable asked) {
            return new Due(System.nanoTime() + time.toNanos(), asked);
        }
    }

    Connection(SocketChannel channel, String network, Duration slowest) {
        this.channel = channel;
        this.network = network;
        this.slowest = slowest;
    }

    String network() {
        return network;
    }

    /** Something came from the client. The first of it begins a request. */
    void used() {
        due.compareAndSet(null, Due.in(slowest, null));
    }

    /** All of a request's headers came; what is asked says how long it may take. */
    void asked() {
        asked = true;
        endsWithin(LONG);
    }

    /** Nothing is being done. Blank lines, after which Tomcat waits as before a request, are no request. */
    void idle() {
        if (asked) {
            asked = false;
            due.set(null);
        }
    }

    /** All that is left takes no longer than what a client sends. */
    void endsSoon() {
        endsWithin(slowest);
    }

    void endsWithin(Duration time) {
        due.set(Due.in(time, null));
    }

    /** A backend is asked; what is asked is given up when its answer has not passed in this time. */
    void asks(Cancellable asked, Duration time) {
        overdue = false;
        due.set(Due.in(time, asked));
    }

    /** Whether what is asked was given up. */
    boolean isOverdue() {
        return overdue;
    }

    /** The backend is done, and what is left is to pass on what it said. */
    void answered() {
        due.updateAndGet(last -> last == null ? null : new Due(last.nanos(), null));
    }

    /** Does nothing when something else has begun meanwhile. */
    void endWhenDue(long now) {
        var last = due.get();
        if (last == null || now - last.nanos() < 0) {
            return;
        }
        var asked = last.asked();
        if (asked == null) {
            if (due.compareAndSet(last, null)) {
                cut();
            }
        } else if (due.compareAndSet(last, Due.in(slowest, null))) {
            overdue = true;
            asked.cancel();
        }
    }

    /** Whoever waits on it is told that it ended; Tomcat, whose it is, closes it then. */
    private void cut() {
        try {
            // what was not read yet is not kept for it
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.shutdownInput();
            channel.shutdownOutput();
        } catch (IOException e) {
            // it ended by itself
        }
    }
}
