package io.growalert.gateway.status;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last report of each page. It is queried again after 15 s by one request, while others get the previous one; so do all while
 * the history-service is away.
 */
public final class StatusReports {
    private static final Logger LOG = LoggerFactory.getLogger(StatusReports.class);
    private static final Duration FRESH = Duration.ofSeconds(15);
    /** After a failed query. */
    private static final Duration RETRY = Duration.ofSeconds(5);
    /** A report that is older than this is shown as stale: a new one is overdue. */
    private static final Duration STALE = FRESH.plus(RETRY);
    /** So is one whose results are older: the history-service does not read new ones. */
    private static final Duration OUTDATED = Duration.ofSeconds(60);

    private final Query query;
    private final LongSupplier nanoTime;
    private final InstantSource clock;
    private final Map<StatusPageDefinition, Entry> entries = new ConcurrentHashMap<>();

    /** Queries the history-service. */
    @FunctionalInterface
    public interface Query {
        /** @throws IOException when it is away or answers something else */
        StatusReport report(StatusPageDefinition page) throws IOException;
    }

    /** @param stale whether a newer report, or newer results in it, are overdue */
    public record Seen(StatusReport report, boolean stale) {}

    private record Received(StatusReport report, long nanos) {}

    private static final class Entry {
        private final ReentrantLock querying = new ReentrantLock();
        private volatile @Nullable Received last;
        private volatile @Nullable Long failedAt;
    }

    public StatusReports(Query query, LongSupplier nanoTime, InstantSource clock) {
        this.query = query;
        this.nanoTime = nanoTime;
        this.clock = clock;
    }

    /** Drops the reports of pages that are no longer among these. */
    public void retain(Collection<StatusPageDefinition> pages) {
        entries.keySet().retainAll(pages);
    }

    /** The last report; empty when none arrived yet. */
    public Optional<Seen> of(StatusPageDefinition page) {
        var entry = entries.computeIfAbsent(page, _ -> new Entry());
        if (isDue(entry)) {
            // without any report all wait for the first
            if (entry.last == null) {
                entry.querying.lock();
                refresh(page, entry);
            } else if (entry.querying.tryLock()) {
                refresh(page, entry);
            }
        }
        var last = entry.last;
        return last == null ? Optional.empty() : Optional.of(new Seen(last.report, isStale(last)));
    }

    private boolean isStale(Received last) {
        return age(last.nanos) >= STALE.toNanos()
                || last.report.asOf().isBefore(clock.instant().minus(OUTDATED));
    }

    private boolean isDue(Entry entry) {
        var last = entry.last;
        var failedAt = entry.failedAt;
        return (last == null || age(last.nanos) >= FRESH.toNanos())
                && (failedAt == null || age(failedAt) >= RETRY.toNanos());
    }

    private long age(long nanos) {
        return nanoTime.getAsLong() - nanos;
    }

    private void refresh(StatusPageDefinition page, Entry entry) {
        try {
            if (isDue(entry)) {
                entry.last = new Received(query.report(page), nanoTime.getAsLong());
                entry.failedAt = null;
            }
        } catch (IOException e) {
            entry.failedAt = nanoTime.getAsLong();
            LOG.atWarn()
                    .addKeyValue("page", page.name())
                    .addKeyValue("reason", e.getMessage())
                    .log("Query for a status page failed; retrying");
        } finally {
            entry.querying.unlock();
        }
    }
}
