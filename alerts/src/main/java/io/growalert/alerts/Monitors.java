package io.growalert.alerts;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs monitors on their slots. Safe for use by many threads.
 *
 * <ul>
 *   <li>The runs of one name never overlap, not even when its monitor is replaced, or removed and added again.
 *   <li>A slot is missed, and not run later, when the last run is still in progress, when the executor rejects it, or when it
 *       could not start within half an interval. The next {@link Run} has the number of missed slots.
 *   <li>Slots go by the clock. When it is set back, no slot runs twice: a monitor waits until its next one. Only when it is
 *       set back by more than a minute, and by more than the monitor's interval, the clock was wrong before, and the slots
 *       start again. When it is set forward, or the process was paused, the slots in between are missed, and the latest
 *       runs when it is no more than half an interval ago. These late runs are spread over a quarter of their interval,
 *       half a minute at most.
 *   <li>A run starts at most 10 ms, or a hundredth of the shortest interval so far if that is less, after its slot: one wake-up
 *       starts several.
 *   <li>Timeouts go by monotonic time, without the time in which the process was paused for more than a second (a stopped
 *       process, a long garbage collection, a suspended machine).
 * </ul>
 */
public sealed class Monitors implements AutoCloseable permits ManualMonitors {
    /** A permanent failure must not fill the log. */
    private static final long PAUSE_AFTER_FAILURE = Duration.ofMillis(100).toNanos();

    private final Time time;
    private final Scheduler scheduler;
    private volatile long lastPass = System.nanoTime();
    private final Runner runner;
    private final Duration gracePeriod;

    Monitors(Builder builder, Time time, Executor executor, Executor timeoutExecutor) {
        this.time = time;
        this.scheduler = new Scheduler(time);
        this.runner = new Runner(scheduler, time, executor, timeoutExecutor, new Reporter(builder.listener));
        this.gracePeriod = builder.gracePeriod;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Monitors that run during {@link ManualMonitors#tick}, on the calling thread. For tests. */
    public static ManualMonitors manual(Instant start) {
        return builder().manual(start);
    }

    /**
     * The monitor runs from its first slot after now on.
     *
     * @throws IllegalArgumentException when there is one of its name, or its interval is invalid
     * @throws IllegalStateException when closed
     */
    public void add(Monitor monitor) {
        scheduler.add(monitor, firstTimetable(monitor));
    }

    /**
     * Replaces the monitor of this name, or adds it when there is none. No run of the old one starts after this. A run in
     * progress finishes, and is reported and alerted as usual; the new monitor has its first slot after that.
     *
     * @return completes when no run of the old one is in progress; its dependents run on the thread of that run
     * @throws IllegalArgumentException when its interval is invalid
     * @throws IllegalStateException when closed
     */
    public CompletionStage<Void> replace(Monitor monitor) {
        return scheduler.replace(monitor, firstTimetable(monitor));
    }

    /**
     * Removes the monitor of this name, if there is one. No run of it starts after this. A run in progress finishes, and is
     * reported and alerted as usual.
     *
     * @return completes when no run of it is in progress; its dependents run on the thread of that run
     */
    public CompletionStage<Void> remove(String name) {
        return scheduler.remove(name);
    }

    /** The names of all monitors at this moment, in order. */
    public Set<String> names() {
        return scheduler.names();
    }

    /**
     * Time since the scheduler last processed everything that was due, in monotonic time: well below a second while it runs.
     * When it grows, no monitor runs.
     */
    public Duration sinceLastPass() {
        return Duration.ofNanos(System.nanoTime() - lastPass);
    }

    /**
     * Starts no further run, waits for those in progress for the grace period, then interrupts the rest and returns. The
     * outcomes of interrupted runs are not reported and raise no alert. Timeouts apply meanwhile. An interrupt of the waiting
     * thread ends the grace period. May be called again.
     */
    @Override
    public void close() {
        scheduler.close(gracePeriod.toNanos());
    }

    /** Asks an interval that is not ours, so not under the lock. */
    private Timetable firstTimetable(Monitor monitor) {
        return Timetable.first(monitor, time.now().toEpochMilli());
    }

    /** Does one thing that is due. False when nothing is. */
    final boolean step() {
        return runner.step();
    }

    final long nanosToNext() {
        return scheduler.nanosToNext();
    }

    private void loop() {
        for (boolean open = true; open; ) {
            try {
                open = scheduler.await();
                while (step()) {}
                lastPass = System.nanoTime();
            } catch (Throwable thrown) {
                Reporter.log(Level.ERROR, "The scheduler failed; continuing", thrown);
                LockSupport.parkNanos(PAUSE_AFTER_FAILURE);
            }
        }
    }

    /** Collects what {@link Monitors} need; everything has a default. */
    public static final class Builder {
        private @Nullable Executor executor;
        private InstantSource clock = InstantSource.system();
        private MonitorListener listener = run -> {};
        private Duration gracePeriod = Duration.ofSeconds(10);

        private Builder() {}

        /**
         * Where checks and alerts run; a new virtual thread for each run by default, named after the monitor. It must run
         * or reject (throw) each task: an executor that drops a run silently stops that monitor. One that runs it on the
         * calling thread delays every other monitor.
         */
        public Builder executor(Executor executor) {
            this.executor = executor;
            return this;
        }

        /** The system clock by default. Manual monitors have their own. */
        public Builder clock(InstantSource clock) {
            this.clock = clock;
            return this;
        }

        public Builder listener(MonitorListener listener) {
            this.listener = listener;
            return this;
        }

        /** How long {@link Monitors#close} waits for the runs in progress; 10 s by default, zero for not at all. */
        public Builder gracePeriod(Duration gracePeriod) {
            if (gracePeriod.isNegative()) {
                throw new IllegalArgumentException("a grace period is not negative: " + gracePeriod);
            }
            this.gracePeriod = gracePeriod;
            return this;
        }

        /** Starts the scheduler, a thread that keeps the JVM alive until {@link Monitors#close}. */
        public Monitors start() {
            var monitors = new Monitors(
                    this,
                    Time.of(clock),
                    executor == null
                            ? task -> Thread.ofVirtual().name(task.toString()).start(task)
                            : executor,
                    Thread::startVirtualThread);
            Thread.ofPlatform().name("growalert-monitors").start(monitors::loop);
            return monitors;
        }

        /** As {@link Monitors#manual}, with a listener, or an executor instead of the ticking thread. */
        public ManualMonitors manual(Instant start) {
            return new ManualMonitors(this, new ManualTime(start), executor == null ? Runnable::run : executor);
        }
    }
}
