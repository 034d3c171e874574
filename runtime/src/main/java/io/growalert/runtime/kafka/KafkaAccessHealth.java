package io.growalert.runtime.kafka;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

    private final KafkaAccess access;
    private @Nullable CompletableFuture<Optional<String>> query;
    private long queriedAt;
    private Optional<String> denial = Optional.empty();

    public KafkaAccessHealth(KafkaAccess access) {
        this.access = access;
    }

    @Override
    public synchronized Health health() {
        var current = query;
        if (current == null
                || (current.isDone()
                        && System.nanoTime() - queriedAt > (denial.isEmpty() ? EVERY_NANOS : RETRY_NANOS))) {
            current =
                    new CompletableFuture<Optional<String>>().completeAsync(access::denial, Thread::startVirtualThread);
            query = current;
            queriedAt = System.nanoTime();
        }
        try {
            report(current.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            LOG.atDebug().log("Access to Kafka is being checked; the last result stays valid");
        } catch (ExecutionException e) {
            // such as a secret that cannot be read
            report(Optional.of(Denial.deepestReason(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return denial.map(reason -> Health.down().withDetail("reason", reason).build())
                .orElseGet(() -> Health.up().build());
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
