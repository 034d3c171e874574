package io.growalert.history;

import io.growalert.history.query.TopicProgress;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Reads the change counters once a second while streams are open, and wakes these when one moved. */
@Component
final class LiveChanges implements SmartLifecycle {
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final TopicProgress progress;
    private final Loop loop =
            new Loop("live", "Reading the change counters failed; retrying", Loop.Options.DEFAULT, _ -> round());
    private TopicProgress.@Nullable Changes latest;
    private int streams;
    private boolean stopping;

    LiveChanges(TopicProgress progress) {
        this.progress = progress;
    }

    /** For the service's health. */
    Progress progress() {
        return loop.progress();
    }

    private Duration round() {
        if (!isWatched()) {
            return IDLE;
        }
        var read = progress.changes();
        synchronized (this) {
            if (!read.equals(latest)) {
                latest = read;
                notifyAll();
            }
        }
        return EVERY;
    }

    private synchronized boolean isWatched() {
        return streams > 0;
    }

    /** A stream begins; false when there are {@code most} already, or the service stops. */
    synchronized boolean open(int most) {
        if (stopping || streams >= most) {
            return false;
        }
        streams++;
        loop.wake();
        return true;
    }

    synchronized void close() {
        streams--;
    }

    synchronized boolean isStopping() {
        return stopping;
    }

    /** Waits until the counters differ from these, or the service stops; the counters, or null when the time was over. */
    synchronized TopicProgress.@Nullable Changes next(TopicProgress.@Nullable Changes seen, Duration atMost)
            throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (!stopping && (latest == null || latest.equals(seen))) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return null;
            }
            wait(left);
        }
        return stopping ? null : latest;
    }

    @Override
    public void start() {
        loop.start();
    }

    /** Before the web server, whose graceful stop waits for the streams: they end now. */
    @Override
    public void stop() {
        synchronized (this) {
            stopping = true;
            notifyAll();
        }
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
