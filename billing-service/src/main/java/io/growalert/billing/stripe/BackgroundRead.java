package io.growalert.billing.stripe;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that is read from Stripe when a request finds it older than a minute, in the background and one read at a time; the known
 * one is served meanwhile, whatever its age. Neither a loop (an idle instance would query Stripe) nor a cache library fits: a read
 * after a failure waits, and a caller can require an early one.
 */
public final class BackgroundRead<T> {
    private static final Duration FRESH = Duration.ofMinutes(1);
    /** The least time between two reads. */
    private static final Duration PAUSE = Duration.ofSeconds(5);
    /** How long a request waits for a read. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Executor threads;
    private final Supplier<T> source;
    private final InstantSource clock;
    private volatile @Nullable Dated<T> known;
    private @Nullable CompletableFuture<T> read;
    private Instant ended = Instant.MIN;

    private record Dated<T>(T value, Instant since) {}

    /**
     * @param name of the threads that read
     * @param source throws when the read failed, and logs it
     */
    public BackgroundRead(String name, Supplier<T> source, InstantSource clock) {
        threads = task -> Thread.ofVirtual().name(name).start(task);
        this.source = source;
        this.clock = clock;
    }

    /**
     * The known value. Waits, at most 2 s, only while none is known yet.
     *
     * @throws StripeFailure when none is known
     */
    public T value() {
        var at = known;
        if (at == null) {
            return awaited(reading());
        }
        refreshWhenOld(at);
        return at.value();
    }

    /** The known value; null before the first successful read, which is begun. */
    public @Nullable T valueIfKnown() {
        var at = known;
        if (at == null) {
            var _ = reading();
            return null;
        }
        refreshWhenOld(at);
        return at.value();
    }

    /** The known value, or null; begins no read. */
    public @Nullable T lastValue() {
        var at = known;
        return at == null ? null : at.value();
    }

    /**
     * Reads now, or gets the result of a read of the last 5 s; waits at most 2 s.
     *
     * @throws StripeFailure when that failed
     */
    public T refreshed() {
        return awaited(reading());
    }

    /** Stores a value that was read elsewhere. */
    public T store(T value) {
        known = new Dated<>(value, clock.instant());
        return value;
    }

    private void refreshWhenOld(Dated<T> at) {
        if (!clock.instant().isBefore(at.since().plus(FRESH))) {
            var _ = reading();
        }
    }

    /** The read under way, or a new one, or the last one when that ended just now. */
    private synchronized CompletableFuture<T> reading() {
        var last = read;
        boolean soon = clock.instant().isBefore(ended.plus(PAUSE));
        if (last != null && (!last.isDone() || soon)) {
            return last;
        }
        var next = CompletableFuture.supplyAsync(() -> store(source.get()), threads)
                .whenComplete((_, _) -> end());
        read = next;
        return next;
    }

    private synchronized void end() {
        ended = clock.instant();
    }

    private static <T> T awaited(CompletableFuture<T> read) {
        try {
            return read.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw StripeFailure.undecided();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StripeFailure.undecided();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new CompletionException(e.getCause());
        }
    }
}
