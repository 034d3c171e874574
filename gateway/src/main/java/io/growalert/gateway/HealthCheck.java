package io.growalert.gateway;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * {@code /health}: 200 whenever the gateway answers at all, {@code UP} or, when a service behind it is not well,
 * {@code DEGRADED}; which one is for the operator only. The services are asked once in a while, however often this is.
 */
final class HealthCheck implements AutoCloseable {
    private static final Duration FRESH = Duration.ofSeconds(5);

    /** Longer than this nobody waits for an answer. */
    private static final Duration LONGEST = Duration.ofSeconds(3);

    private final Backends backends;
    private final LongSupplier nanoTime;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ReentrantLock asking = new ReentrantLock();
    private volatile @Nullable Seen last;

    private record Seen(boolean well, long nanos) {}

    @Autowired
    HealthCheck(Backends backends) {
        this(backends, System::nanoTime);
    }

    HealthCheck(Backends backends, LongSupplier nanoTime) {
        this.backends = backends;
        this.nanoTime = nanoTime;
    }

    ServerResponse answer(ServerRequest request) {
        return ServerResponse.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore())
                .body(isWell() ? "{\"status\":\"UP\"}" : "{\"status\":\"DEGRADED\"}");
    }

    /** One asks the services; the others are told meanwhile what was seen last. */
    boolean isWell() {
        var seen = last;
        if (seen != null && isFresh(seen)) {
            return seen.well();
        }
        if (seen == null) {
            asking.lock();
        } else if (!asking.tryLock()) {
            return seen.well();
        }
        try {
            seen = last;
            if (seen == null || !isFresh(seen)) {
                seen = new Seen(ask(), nanoTime.getAsLong());
                last = seen;
            }
            return seen.well();
        } finally {
            asking.unlock();
        }
    }

    private boolean isFresh(Seen seen) {
        return nanoTime.getAsLong() - seen.nanos() < FRESH.toNanos();
    }

    private boolean ask() {
        return backends.all().stream()
                .map(backend -> CompletableFuture.supplyAsync(backend::isWell, threads)
                        .completeOnTimeout(false, LONGEST.toMillis(), TimeUnit.MILLISECONDS))
                .toList()
                .stream()
                .allMatch(CompletableFuture::join);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
