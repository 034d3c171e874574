package io.growalert.gateway;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;
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
    private volatile @Nullable Due due;
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
    void isUsed() {
        if (due == null) {
            endsSoon();
        }
    }

    /** All of its headers came; what is asked says how long it may take. */
    void isAsked() {
        endsWithin(LONG);
    }

    void isIdle() {
        due = null;
    }

    /** All that is left takes no longer than what a client sends. */
    void endsSoon() {
        endsWithin(slowest);
    }

    void endsWithin(Duration time) {
        due = Due.in(time, null);
    }

    /** A backend is asked; what is asked is given up when its answer has not passed in this time. */
    void asks(Cancellable asked, Duration time) {
        overdue = false;
        due = Due.in(time, asked);
    }

    /** Whether what is asked was given up. */
    boolean isOverdue() {
        return overdue;
    }

    /** The backend is done, and what is left is to pass on what it said. */
    void hasAsked() {
        var last = due;
        if (last != null) {
            due = new Due(last.nanos(), null);
        }
    }

    void endWhenDue(long now) {
        var last = due;
        if (last == null || now - last.nanos() < 0) {
            return;
        }
        if (last.asked() == null) {
            cut();
        } else {
            overdue = true;
            last.asked().cancel();
            endsSoon();
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
