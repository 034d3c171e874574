package io.growalert.runtime.schedule;

import io.growalert.runtime.loop.Progress;
import java.time.Duration;

/**
 * Work at a fixed delay. A run may be repeated or interrupted at any point, so it works in small transactions, and each run
 * begins where the last one stopped.
 *
 * @param name unique in the service, stored in the table and shown by the health report
 * @param every from the end of a run that succeeded to the next
 * @param retryAfter from the end of a run that failed to the next
 */
public record ScheduledTask(String name, Duration every, Duration retryAfter, Work work) {
    /** What a task does. */
    @FunctionalInterface
    public interface Work {
        /**
         * Runs once.
         *
         * @param progress of this task; a run that takes longer than {@link Progress#LIMIT} calls {@link Progress#advanced}
         * @throws Exception the run failed; it is retried
         */
        void run(Progress progress) throws Exception;
    }

    public ScheduledTask {
        if (every.toSeconds() < 1 || retryAfter.toSeconds() < 1) {
            throw new IllegalArgumentException("a scheduled task runs at most once a second; use a Loop for " + name);
        }
    }
}
