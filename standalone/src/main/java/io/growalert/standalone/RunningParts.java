package io.growalert.standalone;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts that were started, or are starting. They stop in their order, each within its time limit: one that hangs does not hold
 * up the others.
 */
final class RunningParts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningParts.class);

    private final Map<Part, CompletableFuture<AutoCloseable>> parts = new EnumMap<>(Part.class);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicBoolean claimed = new AtomicBoolean();
    private boolean stopping;

    /**
     * Starts a part. A concurrent stop waits for the start and then stops the part.
     *
     * @throws CannotRun when everything is stopping already
     */
    <T extends AutoCloseable> T start(Part part, Supplier<T> starter) {
        var starting = new CompletableFuture<AutoCloseable>();
        synchronized (this) {
            if (stopping) {
                throw new CannotRun("stopped before %s was started".formatted(part));
            }
            parts.put(part, starting);
        }
        long from = System.nanoTime();
        try {
            var started = starter.get();
            LOG.atInfo()
                    .addKeyValue("part", part)
                    .addKeyValue("ms", millisSince(from))
                    .log("Part started");
            starting.complete(started);
            return started;
        } finally {
            starting.complete(() -> {}); // changes nothing when it has started
        }
    }

    /** Stops what runs, and waits for it; a second call waits for the first. */
    @Override
    public void close() {
        Map<Part, CompletableFuture<AutoCloseable>> all;
        synchronized (this) {
            all = new EnumMap<>(parts);
            parts.clear();
            stopping = true;
        }
        if (claimed.compareAndSet(false, true)) {
            all.forEach(RunningParts::stop);
            stopped.countDown();
        }
        awaitStop();
    }

    synchronized boolean isStopping() {
        return stopping;
    }

    boolean isStopped() {
        return stopped.getCount() == 0;
    }

    /** Returns when everything has stopped. */
    void awaitStop() {
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void stop(Part part, CompletableFuture<AutoCloseable> target) {
        long from = System.nanoTime();
        var thread = Thread.ofPlatform().name("stop " + part).daemon().start(() -> close(part, target));
        try {
            if (thread.join(part.limit())) {
                LOG.atInfo()
                        .addKeyValue("part", part)
                        .addKeyValue("ms", millisSince(from))
                        .log("Part stopped");
            } else {
                LOG.atWarn()
                        .addKeyValue("part", part)
                        .addKeyValue("limit", part.limit())
                        .log("Part did not stop in time; continuing without it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(Part part, CompletableFuture<AutoCloseable> target) {
        try {
            target.join().close();
        } catch (Exception e) {
            LOG.atWarn().setCause(e).addKeyValue("part", part).log("Stopping a part failed; continuing");
        }
    }

    private static long millisSince(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
    }
}
