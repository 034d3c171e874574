package io.growalert.dispatcher.notify;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * The instant until which the alert events of this instance's partitions are stored. After an outage, and an assignment of
 * partitions, it is behind, so that no incident escalates whose resolution is on the topic already; the wait ends when nothing is read for 2 min, or after 10 min.
 */
final class StoredUntil {
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    /** Several checks of the topic's ends. */
    private static final Duration CURRENT = Duration.ofSeconds(30);

    private final InstantSource clock;
    private final Map<TopicPartition, Instant> partitions = new HashMap<>();
    private boolean isAssigned;
    private Instant until = Instant.EPOCH;
    private Instant advancedAt;
    private Instant behindSince;

    StoredUntil(InstantSource clock) {
        this.clock = clock;
        advancedAt = clock.instant();
        behindSince = advancedAt;
    }

    Instant now() {
        return clock.instant();
    }

    /** These partitions are read from now on, besides others; without any, other instances read all. */
    synchronized void assigned(Collection<TopicPartition> added) {
        isAssigned = true;
        if (added.isEmpty()) {
            return;
        }
        // resolutions may be unread in them
        until = Instant.EPOCH;
        advancedAt = clock.instant();
        behindSince = advancedAt;
        added.forEach(partition -> partitions.put(partition, Instant.EPOCH));
    }

    synchronized void revoked(Collection<TopicPartition> removed) {
        partitions.keySet().removeAll(removed);
    }

    /** The events of this partition before this instant are stored. */
    synchronized void stored(TopicPartition partition, Instant time) {
        partitions.computeIfPresent(partition, (_, before) -> time.isAfter(before) ? time : before);
        advance();
    }

    /** The ends of all partitions were compared with what is stored. */
    synchronized void checked() {
        advance();
    }

    private void advance() {
        if (!isAssigned) {
            return;
        }
        var now = clock.instant();
        var next = partitions.values().stream().min(Instant::compareTo).orElse(now);
        if (next.isAfter(until)) {
            if (isCurrent(next, now) || now.isAfter(advancedAt.plus(LONGEST_PAUSE))) {
                behindSince = now;
            }
            until = next;
            advancedAt = now;
        }
    }

    private static boolean isCurrent(Instant next, Instant now) {
        return !next.isBefore(now.minus(CURRENT));
    }

    /** The alert events before this instant are stored, or it is too late to wait for them. */
    synchronized Instant get() {
        var now = clock.instant();
        boolean isTooLate = now.isAfter(advancedAt.plus(LONGEST_PAUSE)) || now.isAfter(behindSince.plus(LONGEST_WAIT));
        return isTooLate ? now : until;
    }

    /** How far {@link #get} is behind now, both by this instance's clock; not negative. */
    Duration behind() {
        var behind = Duration.between(get(), now());
        return behind.isNegative() ? Duration.ZERO : behind;
    }
}
