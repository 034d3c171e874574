package io.growalert.dispatcher.state;

import java.time.Duration;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.jspecify.annotations.Nullable;

/**
 * Requests a commit when an event is published, at most every 25 ms: a commit takes about 10 ms regardless of its size, and an
 * outage causes thousands of transitions at once.
 */
final class CommitPace {
    static final Duration LEAST_APART = Duration.ofMillis(25);

    /** Until Kafka Streams has run the punctuation that makes a request up, and the commit. */
    private static final Duration UNDER_WAY = LEAST_APART.multipliedBy(4);

    // a thread commits all its tasks together
    private static final ThreadLocal<CommitPace> OF_THREAD = ThreadLocal.withInitial(CommitPace::new);

    private long last = System.nanoTime() - LEAST_APART.toNanos();

    private long underWayUntil = last;

    private CommitPace() {}

    /** Whether a commit of this thread was requested and may not be done yet. */
    static boolean isCommitUnderWay() {
        return System.nanoTime() - OF_THREAD.get().underWayUntil < 0;
    }

    /** The commit requests of one task, rate-limited together with those of the other tasks of its thread. */
    static final class Requests {
        private final ProcessingContext context;
        private @Nullable Cancellable due;

        Requests(ProcessingContext context) {
            this.context = context;
        }

        void request() {
            if (due == null && !commit()) {
                due = context.schedule(LEAST_APART, PunctuationType.WALL_CLOCK_TIME, _ -> makeUp());
            }
        }

        private void makeUp() {
            if (due != null && commit()) {
                due.cancel();
                due = null;
            }
        }

        private boolean commit() {
            var pace = OF_THREAD.get();
            long now = System.nanoTime();
            pace.underWayUntil = now + UNDER_WAY.toNanos();
            if (now - pace.last < LEAST_APART.toNanos()) {
                return false;
            }
            pace.last = now;
            context.commit();
            return true;
        }
    }
}
