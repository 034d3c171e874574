package io.growalert.dispatcher.state;

import java.time.Duration;
import java.util.function.LongSupplier;

/** How long a thread of Kafka Streams may wait for records. */
final class PollPace {
    /** Restoring and the first lags take less. */
    private static final Duration SETTLING = Duration.ofSeconds(10);

    private final LongSupplier nanoTime;
    private int generation = Integer.MIN_VALUE;
    private long assignedAt;

    PollPace(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * @param generation of the group, which changes with each rebalance
     * @param isCommitUnderWay whether a commit was requested, which may be due within {@link CommitPace#LEAST_APART}
     */
    Duration wait(Duration atMost, int generation, boolean isCommitUnderWay) {
        long now = nanoTime.getAsLong();
        if (generation != this.generation) {
            this.generation = generation;
            assignedAt = now;
        }
        boolean isBusy = isCommitUnderWay || now - assignedAt < SETTLING.toNanos();
        return isBusy && atMost.compareTo(CommitPace.LEAST_APART) > 0 ? CommitPace.LEAST_APART : atMost;
    }
}
