package io.growalert.gateway;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * {@code /health}: 200 while the gateway runs, with the status {@code UP} or, when a service behind it is not healthy or the status
 * pages' files are rejected, {@code DEGRADED}; which it is, only the operator sees. The result is cached, so that its requests do not reach the services.
 */
@Component("backendsHealthIndicator")
final class HealthCheck implements HealthIndicator, AutoCloseable {
    private static final Duration FRESH = Duration.ofSeconds(5);

    /** The time limit of a health request to a service. */
    private static final Duration LONGEST = Duration.ofSeconds(3);

    private static final Optional<String> SILENT = Optional.of("no answer within %d s".formatted(LONGEST.toSeconds()));

    private final Backends backends;
    private final Supplier<Optional<String>> rejected;
    private final LongSupplier nanoTime;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ReentrantLock querying = new ReentrantLock();
    private volatile @Nullable Seen last;

    /** @param problems of each service; empty when it is healthy */
    private record Seen(Map<String, Optional<String>> problems, long nanos) {
        boolean isHealthy() {
            return problems.values().stream().allMatch(Optional::isEmpty);
        }
    }

    @Autowired
    HealthCheck(Backends backends, StatusApi status) {
        this(backends, status::rejected, System::nanoTime);
    }

    /** @param rejected why the status pages' files are; empty when they are in use */
    HealthCheck(Backends backends, Supplier<Optional<String>> rejected, LongSupplier nanoTime) {
        this.backends = backends;
        this.rejected = rejected;
        this.nanoTime = nanoTime;
    }

    ServerResponse answer(ServerRequest request) {
        return ServerResponse.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore())
                .body(isHealthy() && rejected.get().isEmpty() ? "{\"status\":\"UP\"}" : "{\"status\":\"DEGRADED\"}");
    }

    /** {@code /health/live}, for supervisors: this process serves requests. No service is queried, since a restart would not repair one. */
    static ServerResponse live(ServerRequest request) {
        return ServerResponse.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore())
                .body("{\"status\":\"UP\"}");
    }

    boolean isHealthy() {
        return seen().isHealthy();
    }

    /** For the operator: which service is not healthy, and why. */
    @Override
    public Health health() {
        var seen = seen();
        var health = Health.status(seen.isHealthy() ? Status.UP : new Status("DEGRADED"));
        var reasons = new TreeMap<String, String>();
        new TreeMap<>(seen.problems()).forEach((service, problem) -> {
            health.withDetail(service, problem.isEmpty());
            problem.ifPresent(reason -> reasons.put(service, reason));
        });
        if (!reasons.isEmpty()) {
            health.withDetail("reasons", reasons);
        }
        return health.build();
    }

    /** One thread queries the services; the others get the last result meanwhile. */
    private Seen seen() {
        var seen = last;
        if (seen != null && isFresh(seen)) {
            return seen;
        }
        if (seen == null) {
            querying.lock();
        } else if (!querying.tryLock()) {
            return seen;
        }
        try {
            seen = last;
            if (seen == null || !isFresh(seen)) {
                seen = new Seen(query(), nanoTime.getAsLong());
                last = seen;
            }
            return seen;
        } finally {
            querying.unlock();
        }
    }

    private boolean isFresh(Seen seen) {
        return nanoTime.getAsLong() - seen.nanos() < FRESH.toNanos();
    }

    private Map<String, Optional<String>> query() {
        var queried = backends.all().stream()
                .collect(Collectors.toMap(
                        Backend::name, backend -> CompletableFuture.supplyAsync(backend::problem, threads)
                                .completeOnTimeout(SILENT, LONGEST.toMillis(), TimeUnit.MILLISECONDS)));
        return queried.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue()
                .join()));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
