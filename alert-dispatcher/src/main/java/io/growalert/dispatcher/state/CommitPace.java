package io.growalert.dispatcher.state;

import java.time.Duration;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.jspecify.annotations.Nullable;

/**
 * Requests a commit when an event is published, at most every 25 ms: a commit takes about 10 ms regardless of its size, and an
 * outage causes thousands of transitions at once. After a slow commit, as of replicated topics on busy brokers, a thread works for as long
 * as the commit took: with one commit for each transition, it would judge a few results per commit and fall behind for good.
 */
final class CommitPace {
    static final Duration LEAST_APART = Duration.ofMillis(25);

    /** Until Kafka Streams has run the punctuation that makes a request up, and the commit. */
    private static final Duration UNDER_WAY = LEAST_APART.multipliedBy(4);

    /** Of work between slow commits: a transaction must end well within its timeout. */
    static final Duration MOST_WORK = Duration.ofMillis(500);

    // a thread commits all its tasks together
    private static final ThreadLocal<CommitPace> OF_THREAD = ThreadLocal.withInitial(CommitPace::new);

    private long requested;
    private long ended;
    private long work;

    private long underWayUntil;

    /** @param now of {@link System#nanoTime()} */
    CommitPace(long now) {
        requested = now - LEAST_APART.toNanos();
        ended = now;
        underWayUntil = now;
    }

    private CommitPace() {
        this(System.nanoTime());
    }

    static CommitPace ofThread() {
        return OF_THREAD.get();
    }

    /** Whether a commit may begin now; then it is counted as begun. */
    boolean admits(long now) {
        if (now - requested < LEAST_APART.toNanos() || now - ended < work) {
            return false;
        }
        requested = now;
        return true;
    }

    /** A commit ended, during which the thread was blocked for so many nanoseconds. */
    void committed(long blocked, long now) {
        work = Math.min(blocked, MOST_WORK.toNanos());
        ended = now;
    }

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
            var pace = ofThread();
            long now = System.nanoTime();
            pace.underWayUntil = now + UNDER_WAY.toNanos();
            boolean admitted = pace.admits(now);
            if (admitted) {
                context.commit();
            }
            return admitted;
        }
    }
}
