package io.growalert.gateway;

import java.time.Duration;
import org.eclipse.jetty.http2.HTTP2Connection;

/**
 * The frame of an HTTP/2 connection that has not arrived completely: the headers of a request, which may be several frames that no
 * other one interrupts, or a part of a body. Jetty's parser reports when it began, not whether it is complete; bytes that arrive after
 * a frame began, and begin no other one, belong to it. Only the sweeper uses it.
 */
final class UnfinishedFrame {
    /** When the last frame began, as {@link System#nanoTime}. */
    private long began;

    private long bytes;
    private boolean grew;
    /** When it last was seen to have grown. */
    private long seen;

    /**
     * Compares with the previous look, which has to be so long ago that the bytes received before it were parsed.
     *
     * @return whether a frame was unfinished for longer than this
     */
    boolean isOlderThan(Duration time, HTTP2Connection connection, long now) {
        long received = connection.getBytesIn();
        long begin = connection.getSession().getParser().getBeginNanoTime();
        boolean same = begin == began;
        boolean late = same && grew && seen - begin > time.toNanos();
        grew = same && received != bytes;
        seen = now;
        began = begin;
        bytes = received;
        return late;
    }
}
