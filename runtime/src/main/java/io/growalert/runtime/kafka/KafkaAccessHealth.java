package io.growalert.runtime.kafka;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * DOWN while Kafka denies access: by the login, by a certificate, or for a missing right. Kafka is queried at most every 30 s,
 * while it denies access every 5 s, and a probe does not wait for it.
 */
public final class KafkaAccessHealth implements HealthIndicator {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaAccessHealth.class);
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int PATIENCE_MILLIS = 500;

    private final Supplier<Optional<String>> access;
    private final LongSupplier nanos;
    private final Executor executor;
    private @Nullable CompletableFuture<Optional<String>> query;
    private @Nullable Long queriedAt;
    private Optional<String> denial = Optional.empty();

    public KafkaAccessHealth(KafkaAccess access) {
        this(access::denial, System::nanoTime, Thread::startVirtualThread);
    }

    KafkaAccessHealth(Supplier<Optional<String>> access, LongSupplier nanos, Executor executor) {
        this.access = access;
        this.nanos = nanos;
        this.executor = executor;
    }

    @Override
    public synchronized Health health() {
        if (query != null && query.isDone()) {
            // before the next query starts: each may take longer than a probe waits
            finish(query);
        }
        if (query == null && isDue()) {
            query = new CompletableFuture<Optional<String>>().completeAsync(access, executor);
            queriedAt = nanos.getAsLong();
        }
        if (query != null) {
            finish(query);
        }
        return denial.map(reason -> Health.down().withDetail("reason", reason).build())
                .orElseGet(() -> Health.up().build());
    }

    private boolean isDue() {
        return queriedAt == null
                || nanos.getAsLong() - queriedAt > (denial.isEmpty() ? EVERY_NANOS : RETRY_NANOS);
    }

    private void finish(CompletableFuture<Optional<String>> current) {
        try {
            var found = current.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            query = null;
            report(found);
        } catch (TimeoutException e) {
            LOG.atDebug().log("Access to Kafka is being checked; the last result stays valid");
        } catch (ExecutionException e) {
            // such as a secret that cannot be read
            query = null;
            report(Optional.of(Denial.deepestReason(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void report(Optional<String> now) {
        if (!now.equals(denial)) {
            now.ifPresentOrElse(
                    reason -> LOG.atWarn().addKeyValue("reason", reason).log("Access to Kafka denied; retrying"),
                    () -> LOG.atInfo().log("Access to Kafka granted"));
        }
        denial = now;
    }
}
