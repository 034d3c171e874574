package io.growalert.runtime.loop;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * A named worker thread that runs rounds of a {@link Task} until it is stopped. A round that fails is logged and retried after
 * an exponential back-off with jitter, which a wake-up does not shorten; no exception ends the thread. A failure that repeats
 * is logged once, and its end once. The loop's {@link #progress} reports when it is stalled or its thread died.
 */
public final class Loop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final double MULTIPLIER = 2;
    /** Of an interval, so that instances that failed together do not retry together. */
    private static final int JITTER_DIVISOR = 5;

    /** The work of a loop. */
    @FunctionalInterface
    public interface Task {
        /**
         * Runs one round.
         *
         * @param loop the loop that runs it; a long round calls {@link Loop#advanced} and checks {@link Loop#isStopping}
         * @return how long to wait for {@link Loop#wake} before the next round; zero: the next round begins at once
         * @throws InterruptedException the loop was interrupted, and ends
         * @throws Exception the round failed; it is retried
         */
        Duration round(Loop loop) throws Exception;
    }

    /**
     * When a loop retries and how long a stop takes.
     *
     * @param firstRetry the back-off after the first failure, which doubles with each further failure
     * @param longestRetry its limit
     * @param grace how long {@link Loop#stop} waits for the round under way before it interrupts the thread, and again after that
     * @param threadPrefix precedes the loop's name in its thread's name
     */
    public record Options(Duration firstRetry, Duration longestRetry, Duration grace, String threadPrefix) {
        public static final Options DEFAULT =
                new Options(Duration.ofMillis(500), Duration.ofSeconds(10), Duration.ofSeconds(15));

        public Options(Duration firstRetry, Duration longestRetry, Duration grace) {
            this(firstRetry, longestRetry, grace, "");
        }

        public Options withRetry(Duration first, Duration longest) {
            return new Options(first, longest, grace, threadPrefix);
        }

        public Options withGrace(Duration grace) {
            return new Options(firstRetry, longestRetry, grace, threadPrefix);
        }

        public Options withThreadPrefix(String prefix) {
            return new Options(firstRetry, longestRetry, grace, prefix);
        }

        private BackOffExecution backOff() {
            var backOff = new ExponentialBackOff(firstRetry.toMillis(), MULTIPLIER);
            backOff.setMaxInterval(longestRetry.toMillis());
            backOff.setJitter(firstRetry.toMillis() / JITTER_DIVISOR);
            return backOff.start();
        }
    }

    private final Progress progress;
    private final String failureMessage;
    private final Task task;
    private final Options options;
    private final Waiter waiter;
    private final boolean sharesWaiter;
    private volatile boolean stopping;
    private volatile @Nullable Thread thread;
    private volatile @Nullable String obstacle;
    private @Nullable BackOffExecution failing;
    private int failures;

    /** @param failureMessage the log message of a failed round, for example {@code Publishing billing events failed; retrying} */
    public Loop(String name, String failureMessage, Task task) {
        this(new Progress(name), failureMessage, Options.DEFAULT, task);
    }

    public Loop(String name, String failureMessage, Options options, Task task) {
        this(new Progress(name), failureMessage, options, task);
    }

    /** @param progress whose name is the thread's and the health report's; a test gives it a clock */
    public Loop(Progress progress, String failureMessage, Options options, Task task) {
        this(progress, failureMessage, options, new Waiter(), false, task);
    }

    /** @param waiter which {@link #wake} wakes; several loops may share it, and a wake-up wakes one that waits */
    public Loop(Progress progress, String failureMessage, Options options, Waiter waiter, Task task) {
        this(progress, failureMessage, options, waiter, true, task);
    }

    private Loop(
            Progress progress, String failureMessage, Options options, Waiter waiter, boolean sharesWaiter, Task task) {
        this.progress = progress;
        this.failureMessage = failureMessage;
        this.options = options;
        this.waiter = waiter;
        this.sharesWaiter = sharesWaiter;
        this.task = task;
    }

    public String name() {
        return progress.loop();
    }

    public Progress progress() {
        return progress;
    }

    /** The root cause for which the last round failed; empty after a round that succeeded. */
    public Optional<String> obstacle() {
        return Optional.ofNullable(obstacle);
    }

    /** Starts the thread; does nothing while it runs. A stopped loop can be started again. */
    public synchronized void start() {
        if (thread == null) {
            stopping = false;
            thread = Thread.ofPlatform().name(threadName()).start(this::run);
        }
    }

    public String threadName() {
        return options.threadPrefix() + name();
    }

    /** Whether the thread ended although the loop was not stopped: only a restart of the service starts it again. */
    public boolean isDead() {
        var started = thread;
        return started != null && !stopping && !started.isAlive();
    }

    public boolean isRunning() {
        return thread != null;
    }

    /** True from {@link #requestStop} on: the round under way should return soon. */
    public boolean isStopping() {
        return stopping;
    }

    /** Ends the current wait, or the next one; not a back-off. */
    public void wake() {
        waiter.wake();
    }

    /** The round under way made progress: the time limit of a round restarts. */
    public void advanced() {
        progress.advanced();
    }

    /** The round under way is long and succeeded so far: ends an earlier failure and resets the back-off. */
    public void succeeded() {
        progress.end();
        progress.begin();
        recovered();
    }

    /** The round under way is long, and works without progress: the loop counts as failing, without a back-off. */
    public void stuck(Exception why) {
        recovered();
        progress.failed(why);
        progress.begin();
    }

    /**
     * The round under way is long, and a step of it failed: logs, backs off and returns, so that the round can go on.
     *
     * @throws InterruptedException the loop was interrupted, and ends
     */
    public void backOff(Throwable failure) throws InterruptedException {
        backOff(failureMessage, failure);
    }

    /** As {@link #backOff(Throwable)}, with a separate log message. */
    public void backOff(String message, Throwable failure) throws InterruptedException {
        failed(message, failure);
        pause();
        progress.begin();
    }

    /** Waits for a wake-up within a round; true when it was woken. */
    public boolean await(Duration atMost) throws InterruptedException {
        if (stopping) {
            return false;
        }
        progress.idle();
        boolean woken = waiter.await(atMost);
        progress.begin();
        return woken;
    }

    /** No further round begins; returns at once. */
    public void requestStop() {
        stopping = true;
        waiter.wake();
    }

    /**
     * Requests the stop and waits for the thread: for the grace, then interrupts it and waits as long again.
     *
     * @return false when the thread still runs
     */
    public boolean stop() {
        requestStop();
        var running = thread;
        if (running == null) {
            return true;
        }
        try {
            if (!running.join(options.grace())) {
                running.interrupt();
                if (!running.join(options.grace())) {
                    LOG.atWarn().addKeyValue("loop", name()).log("Loop did not stop in time");
                    return false;
                }
            }
            thread = null;
            return true;
        } catch (InterruptedException e) {
            running.interrupt();
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        stop();
    }

    private void run() {
        try {
            while (!stopping) {
                progress.begin();
                round();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (sharesWaiter) {
                // the wake-up of this stop may have woken another loop, and the one of another stop this loop
                waiter.wake();
            }
            if (!stopping) {
                progress.terminated("its thread ended");
                LOG.atError().addKeyValue("loop", name()).log("Loop terminated; only a restart starts it again");
            }
        }
    }

    private void round() throws InterruptedException {
        Duration wait;
        try {
            wait = task.round(this);
            progress.end();
            recovered();
        } catch (InterruptedException | org.apache.kafka.common.errors.InterruptException e) {
            throw interrupted(e);
        } catch (Throwable e) {
            failed(failureMessage, e);
            pause();
            return;
        }
        if (wait.isPositive() && !stopping) {
            waiter.await(wait);
        }
    }

    private static InterruptedException interrupted(Exception e) {
        return e instanceof InterruptedException interrupted ? interrupted : new InterruptedException(e.toString());
    }

    private void recovered() {
        if (failing != null) {
            LOG.atInfo()
                    .addKeyValue("loop", name())
                    .addKeyValue("failures", failures)
                    .log("Loop recovered");
        }
        failing = null;
        failures = 0;
        obstacle = null;
    }

    private void failed(String message, Throwable failure) {
        progress.failed(failure);
        var cause = NestedExceptionUtils.getMostSpecificCause(failure);
        var reason = Objects.requireNonNullElse(cause.getMessage(), cause.toString());
        if (!reason.equals(obstacle)) {
            (isOutage(failure) ? LOG.atWarn() : LOG.atError())
                    .setCause(failure)
                    .addKeyValue("loop", name())
                    .log(message);
        }
        obstacle = reason;
        failures++;
        if (failing == null) {
            failing = options.backOff();
        }
    }

    /** Whether the failure resolves when another system recovers; anything else is a defect, or a setting that must be fixed. */
    private static boolean isOutage(@Nullable Throwable failure) {
        return switch (failure) {
            case null -> false;
            case KafkaException _, DataAccessException _, TransactionException _ -> true;
            case IOException _, SQLException _, TimeoutException _ -> true;
            default -> isOutage(failure.getCause());
        };
    }

    /** A wake-up does not cut it short; a stop does. */
    private void pause() throws InterruptedException {
        var backOff = Duration.ofMillis(Objects.requireNonNull(failing).nextBackOff());
        long until = System.nanoTime() + backOff.toNanos();
        boolean woken = false;
        for (long left = backOff.toNanos(); left > 0 && !stopping; left = until - System.nanoTime()) {
            woken |= waiter.await(Duration.ofNanos(left));
        }
        if (woken) {
            // for the next wait, of this loop or of another one that shares the waiter
            waiter.wake();
        }
    }
}
