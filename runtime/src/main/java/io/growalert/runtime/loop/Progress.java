package io.growalert.runtime.loop;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a loop makes progress. The loop calls {@link #begin} when it starts a round, {@link #end} when the round succeeded,
 * with or without work, and {@link #failed} when it did not. A loop is stalled when one round takes longer than 30 s, or rounds
 * have failed for longer than that without a success between; waiting between two rounds may take any time.
 */
public final class Progress implements MeterBinder {
    /** How long a loop may take without progress, in monotonic time. */
    public static final Duration LIMIT = Duration.ofSeconds(30);

    private final String loop;
    private final LongSupplier nanoTime;
    private @Nullable Long begun;
    private @Nullable Long failingSince;
    private @Nullable String reason;
    private @Nullable String ended;
    private long rounds;
    private long failures;

    /** @param loop the loop's name, as operators see it in the health report */
    public Progress(String loop) {
        this(loop, System::nanoTime);
    }

    /** @param nanoTime monotonic time, for tests */
    public Progress(String loop, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
    }

    public String loop() {
        return loop;
    }

    public synchronized void begin() {
        begun = nanoTime.getAsLong();
    }

    /** The round under way made progress: it counts as begun now. Does nothing between two rounds. */
    public synchronized void advanced() {
        if (begun != null) {
            begun = nanoTime.getAsLong();
        }
    }

    /** The round under way waits for work, which may take any time; {@link #begin} ends the wait. */
    public synchronized void idle() {
        begun = null;
    }

    public synchronized void end() {
        rounds++;
        begun = null;
        failingSince = null;
        reason = null;
    }

    /** The loop retries; {@code why} is shown to operators. */
    public synchronized void failed(Throwable why) {
        failures++;
        begun = null;
        if (failingSince == null) {
            failingSince = nanoTime.getAsLong();
        }
        reason = why.toString();
    }

    /**
     * Another instance succeeded with this loop's work since: its failures are over, unless it failed again meanwhile.
     *
     * @param failures the {@link #failures} at a time before the success was seen
     */
    public synchronized void overcome(long failures) {
        if (failures == this.failures) {
            failingSince = null;
            reason = null;
        }
    }

    /** Whether the last round failed. */
    public synchronized boolean isFailing() {
        return failingSince != null;
    }

    /** The loop's thread ended although the service runs: only a restart of the service starts it again. */
    public synchronized void terminated(String why) {
        ended = why;
    }

    /** Why the loop counts as stalled; empty while it makes progress. */
    public synchronized Optional<String> stalled() {
        if (ended != null) {
            return Optional.of("terminated: " + ended);
        }
        if (failingSince != null && age(failingSince).compareTo(LIMIT) > 0) {
            return Optional.of(
                    "failing for %d s: %s".formatted(age(failingSince).toSeconds(), reason));
        }
        if (begun != null && age(begun).compareTo(LIMIT) > 0) {
            return Optional.of("no progress for %d s".formatted(age(begun).toSeconds()));
        }
        return Optional.empty();
    }

    /** Counts the rounds that succeeded and those that failed. */
    @Override
    public void bindTo(MeterRegistry meters) {
        FunctionCounter.builder("growalert.loop.rounds", this, Progress::rounds)
                .tag("loop", loop)
                .register(meters);
        FunctionCounter.builder("growalert.loop.failures", this, Progress::failures)
                .tag("loop", loop)
                .register(meters);
    }

    private synchronized long rounds() {
        return rounds;
    }

    /** How many rounds failed since the start. */
    public synchronized long failures() {
        return failures;
    }

    private Duration age(long since) {
        return Duration.ofNanos(nanoTime.getAsLong() - since);
    }
}
