package io.growalert.gateway;

import java.time.Duration;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.jspecify.annotations.Nullable;

/**
 * The frame of an HTTP/2 connection that has not arrived completely: the headers of a request, which may be several frames that no
 * other one interrupts, or a part of a body. Jetty's parser reports when it began, not whether it is complete. But bytes that begin no
 * frame belong to the last one; they have been parsed when further bytes arrive. Only the sweeper uses it.
 */
final class UnfinishedFrame {
    /** When the last frame began, as {@link System#nanoTime}. */
    private long began;
    /** All that the connection received. */
    private long bytes;
    /** When bytes that may belong to this frame were seen; null before. */
    private @Nullable Long grown;

    /** Whether bytes arrive for a frame that began before so long. */
    boolean isOlderThan(Duration time, HTTP2Connection connection, long now) {
        // in this order: the bytes are counted before they are parsed
        long received = connection.getBytesIn();
        long begin = connection.getSession().getParser().getBeginNanoTime();
        boolean late = false;
        if (begin != began) {
            grown = null;
        } else if (received != bytes) {
            late = grown != null && grown - begin > time.toNanos();
            grown = now;
        }
        began = begin;
        bytes = received;
        return late;
    }
}
