package io.growalert.dispatcher.state;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.springframework.core.NestedExceptionUtils;

/**
 * The recent deaths of Kafka Streams' threads. Each thread is replaced, and a single death is harmless: an outage of the broker
 * causes one. Several in a short time mean that the replacement fails for the same cause.
 */
final class ThreadDeaths {
    private static final int REPEATED = 3;
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration WINDOW = Duration.ofMinutes(2);

    private final LongSupplier nanoTime;
    private final Consumer<Duration> sleep;
    private final Deque<Long> recent = new ArrayDeque<>();
    private String last = "";

    ThreadDeaths(LongSupplier nanoTime) {
        this(nanoTime, pause -> LockSupport.parkNanos(pause.toNanos()));
    }

    ThreadDeaths(LongSupplier nanoTime, Consumer<Duration> sleep) {
        this.nanoTime = nanoTime;
        this.sleep = sleep;
    }

    synchronized void died(Throwable cause) {
        recent.add(nanoTime.getAsLong());
        last = NestedExceptionUtils.getMostSpecificCause(cause).toString();
        forgetOld();
    }

    /** Why deaths count as repeated; empty when they do not. */
    synchronized Optional<String> repeated() {
        forgetOld();
        return recent.size() < REPEATED
                ? Optional.empty()
                : Optional.of("%d threads died within %d s; the last one: %s"
                        .formatted(recent.size(), WINDOW.toSeconds(), last));
    }

    /** Repeated deaths, such as those by a missing right, must not follow each other at once; a stop takes longer than this. */
    void backOff() {
        if (repeated().isPresent()) {
            sleep.accept(PAUSE);
        }
    }

    private void forgetOld() {
        long now = nanoTime.getAsLong();
        while (!recent.isEmpty() && now - recent.getFirst() > WINDOW.toNanos()) {
            recent.removeFirst();
        }
    }
}
