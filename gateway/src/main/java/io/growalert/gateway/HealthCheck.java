package io.growalert.gateway;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
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

    private final Backends backends;
    private final Clock clock;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ReentrantLock asking = new ReentrantLock();
    private Instant checked = Instant.MIN;
    private volatile boolean well = true;

    HealthCheck(Backends backends, Clock clock) {
        this.backends = backends;
        this.clock = clock;
    }

    ServerResponse answer(ServerRequest request) {
        refresh();
        return ServerResponse.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore())
                .body(well ? "{\"status\":\"UP\"}" : "{\"status\":\"DEGRADED\"}");
    }

    private void refresh() {
        asking.lock();
        try {
            if (checked.plus(FRESH).isAfter(clock.instant())) {
                return;
            }
            well =
                    backends.all().stream()
                            .map(backend -> CompletableFuture.supplyAsync(backend::isWell, threads))
                            .toList()
                            .stream()
                            .allMatch(CompletableFuture::join);
            checked = clock.instant();
        } finally {
            asking.unlock();
        }
    }

    @Override
    public void close() {
        threads.close();
    }
}
