package io.growalert.monitor.source;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The queries that may run at once. Monitors whose last query timed out are slow until a query succeeds in time; they share at
 * most half of the permits, and at least one, so that they cannot exhaust them.
 *
 * <p>A permit goes to the query that has waited longest among those that may have it. With a single permit, a slow monitor gets it only
 * when no other one waits. Of the slow monitors, the one whose last query is the longest ago goes first: a monitor that was slow
 * once gets its turn, however many others are always slow.
 */
final class QueryPermits {
    private static final class Waiting {
        final String monitor;
        final boolean slow;
        final long arrival;
        final Condition turn;

        @Nullable
        Permit permit;

        Waiting(String monitor, boolean slow, long arrival, Condition turn) {
            this.monitor = monitor;
            this.slow = slow;
            this.arrival = arrival;
            this.turn = turn;
        }
    }

    /** Held by one query until it is released. */
    final class Permit {
        private final String monitor;
        private final boolean slow;

        private Permit(String monitor, boolean slow) {
            this.monitor = monitor;
            this.slow = slow;
        }

        /** The query reached the source; without this call the permit does not count for its monitor. */
        void queried(boolean timedOut) {
            lock.lock();
            try {
                if (timedOut) {
                    slowSince.put(monitor, ++events);
                } else {
                    slowSince.remove(monitor);
                }
            } finally {
                lock.unlock();
            }
        }

        void release() {
            lock.lock();
            try {
                running--;
                runningSlow -= slow ? 1 : 0;
                grant();
            } finally {
                lock.unlock();
            }
        }
    }

    private final int limit;
    private final int slowLimit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Waiting> prompt = new ArrayDeque<>();
    private final List<Waiting> slow = new ArrayList<>();
    /** The slow monitors, with the number of the event at which each was slow last. */
    private final Map<String, Long> slowSince = new HashMap<>();

    private long events;
    private int running;
    private int runningSlow;

    QueryPermits(int limit) {
        this.limit = limit;
        slowLimit = Math.max(1, limit / 2);
    }

    /** Waits for a permit; null when there was none in time. */
    @Nullable
    Permit take(String monitor, Duration timeout) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            var waiter = new Waiting(monitor, slowSince.containsKey(monitor), ++events, lock.newCondition());
            var queue = waiter.slow ? slow : prompt;
            queue.add(waiter);
            grant();
            try {
                long left = timeout.toNanos();
                while (waiter.permit == null && left > 0) {
                    left = waiter.turn.awaitNanos(left);
                }
            } catch (InterruptedException e) {
                if (waiter.permit != null) {
                    waiter.permit.release();
                }
                throw e;
            } finally {
                queue.remove(waiter);
            }
            return waiter.permit;
        } finally {
            lock.unlock();
        }
    }

    private void grant() {
        for (var next = next(); next != null; next = next()) {
            (next.slow ? slow : prompt).remove(next);
            running++;
            runningSlow += next.slow ? 1 : 0;
            next.permit = new Permit(next.monitor, next.slow);
            next.turn.signal();
        }
    }

    private @Nullable Waiting next() {
        if (running == limit) {
            return null;
        }
        var first = prompt.peekFirst();
        var late = runningSlow == slowLimit ? null : longestWithoutQuery();
        if (first == null || late == null) {
            return first == null ? late : first;
        }
        return limit == 1 || first.arrival < late.arrival ? first : late;
    }

    private @Nullable Waiting longestWithoutQuery() {
        return slow.stream()
                .min(Comparator.comparing(waiter -> slowSince.getOrDefault(waiter.monitor, 0L)))
                .orElse(null);
    }

    int running() {
        lock.lock();
        try {
            return running;
        } finally {
            lock.unlock();
        }
    }

    int waiting() {
        lock.lock();
        try {
            return prompt.size() + slow.size();
        } finally {
            lock.unlock();
        }
    }
}
