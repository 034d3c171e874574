package io.growalert.billing.apply;

import io.growalert.billing.fetch.Fetcher;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.context.SmartLifecycle;

/** Starts and stops the loops that apply events, the fetcher, and the upkeep. */
final class ApplyWorkers implements SmartLifecycle {
    private final List<Loop> loops;
    private final Fetcher fetcher;

    ApplyWorkers(List<Loop> appliers, Fetcher fetcher, Loop upkeep) {
        loops = Stream.concat(appliers.stream(), Stream.of(fetcher.loop(), upkeep))
                .toList();
        this.fetcher = fetcher;
    }

    List<Progress> loops() {
        return loops.stream().map(Loop::progress).toList();
    }

    @Override
    public void start() {
        loops.forEach(Loop::start);
    }

    /** Each finishes its round. */
    @Override
    public void stop() {
        loops.forEach(Loop::requestStop);
        loops.forEach(Loop::stop);
        try {
            fetcher.awaitRequests();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return loops.stream().anyMatch(Loop::isRunning);
    }
}
