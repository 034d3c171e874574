package io.growalert.runtime.kafka;

import io.growalert.runtime.kafka.KafkaAccessCheck.Finding;
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
import org.springframework.boot.health.contributor.Status;

/**
 * DOWN while Kafka denies access: by the login, by a certificate, or for a missing right; DEGRADED while the secrets are others than
 * at the start. Kafka is queried at most every 30 s, while not UP every 5 s, and a probe does not wait for it.
 */
public final class KafkaAccessHealth implements HealthIndicator {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaAccessHealth.class);
    private static final Status DEGRADED = new Status("DEGRADED");
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int PATIENCE_MILLIS = 500;

    private final Supplier<Finding> access;
    private final LongSupplier nanos;
    private final Executor executor;
    private @Nullable CompletableFuture<Finding> query;
    private @Nullable Long queriedAt;
    private Finding last = Finding.NONE;

    public KafkaAccessHealth(KafkaAccessCheck access) {
        this(access::finding, System::nanoTime, Thread::startVirtualThread);
    }

    KafkaAccessHealth(Supplier<Finding> access, LongSupplier nanos, Executor executor) {
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
            query = new CompletableFuture<Finding>().completeAsync(access, executor);
            queriedAt = nanos.getAsLong();
        }
        if (query != null) {
            finish(query);
        }
        if (last.isNone()) {
            return Health.up().build();
        }
        return Health.status(last.denial().isPresent() ? Status.DOWN : DEGRADED)
                .withDetail("reason", last.reason())
                .build();
    }

    private boolean isDue() {
        return queriedAt == null || nanos.getAsLong() - queriedAt > (last.isNone() ? EVERY_NANOS : RETRY_NANOS);
    }

    private void finish(CompletableFuture<Finding> current) {
        try {
            var found = current.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            query = null;
            report(found);
        } catch (TimeoutException e) {
            LOG.atDebug().log("Access to Kafka is being checked; the last result stays valid");
        } catch (ExecutionException e) {
            query = null;
            report(new Finding(Optional.of(Denial.deepestReason(e)), Optional.empty()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void report(Finding now) {
        if (!now.equals(last)) {
            if (now.isNone()) {
                LOG.atInfo().log("Access to Kafka no longer denied");
            } else {
                LOG.atWarn()
                        .addKeyValue("reason", now.reason())
                        .log(
                                now.denial().isPresent()
                                        ? "Access to Kafka denied; retrying"
                                        : "Secrets for Kafka changed; restart required");
            }
        }
        last = now;
    }
}
