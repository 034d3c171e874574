package io.growalert.billing.ledger;

import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The ledger's threads: the loops apply, the fetcher asks Stripe, the upkeep counts and deletes. */
final class LedgerThreads implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(LedgerThreads.class);
    private static final Duration UPKEEP = Duration.ofSeconds(10);

    private final List<ApplyLoop> loops;
    private final Fetcher fetcher;
    private final Retention retention;
    private final LedgerMetrics metrics;
    private final JdbcClient jdbc;
    private final Progress progress;
    private final LedgerSignal upkeep = new LedgerSignal();
    private volatile List<Thread> threads = List.of();

    /** @param progress of the upkeep */
    LedgerThreads(
            List<ApplyLoop> loops,
            Fetcher fetcher,
            Retention retention,
            LedgerMetrics metrics,
            JdbcClient jdbc,
            Progress progress) {
        this.loops = List.copyOf(loops);
        this.fetcher = fetcher;
        this.retention = retention;
        this.metrics = metrics;
        this.jdbc = jdbc;
        this.progress = progress;
    }

    List<Progress> loops() {
        return Stream.concat(loops.stream().map(ApplyLoop::progress), Stream.of(fetcher.progress(), progress))
                .toList();
    }

    /** The names of those that ended though nobody stopped them: only a restart brings them back. */
    List<String> dead() {
        return threads.stream()
                .filter(thread -> !thread.isAlive())
                .map(Thread::getName)
                .toList();
    }

    @Override
    public void start() {
        threads = Stream.concat(
                        loops.stream().map(loop -> started(loop.progress(), loop)),
                        Stream.of(started(fetcher.progress(), fetcher), started(progress, this::lookAfter)))
                .toList();
    }

    /** Each finishes what it has begun. */
    @Override
    public void stop() {
        var stopping = threads;
        threads = List.of();
        loops.forEach(ApplyLoop::stop);
        fetcher.stop();
        upkeep.wake();
        try {
            for (var thread : stopping) {
                thread.join(Duration.ofSeconds(15));
            }
            fetcher.settle();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return !threads.isEmpty();
    }

    private void lookAfter() {
        do {
            progress.begin();
            try {
                metrics.backlog(Backlog.count(jdbc));
                while (isRunning() && retention.deleteDue() > 0) {
                    // in small steps, so that nobody waits for long
                    progress.advanced();
                }
                progress.end();
            } catch (RuntimeException e) {
                progress.failed(e);
                LOG.atWarn().setCause(e).log("Upkeep of events failed; retrying");
            } catch (Throwable e) {
                progress.failed(e);
                LOG.atError().setCause(e).log("Upkeep of events failed with an internal error; retrying");
            }
        } while (paused());
    }

    /** False when it is time to stop. */
    private boolean paused() {
        try {
            return !upkeep.await(UPKEEP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Thread started(Progress loop, Runnable task) {
        return Thread.ofPlatform().name(loop.loop()).start(task);
    }
}
