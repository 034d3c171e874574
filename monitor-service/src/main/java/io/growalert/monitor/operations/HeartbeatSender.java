package io.growalert.monitor.operations;

import io.growalert.monitor.group.MonitorGroup;
import io.growalert.monitor.publish.ResultSender;
import io.growalert.monitor.run.AssignedMonitors;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.context.SmartLifecycle;

/**
 * Sends a heartbeat of each partition whose monitors run here, while the scheduler makes progress. Heartbeats pass the buffer behind
 * the results of their partition, so that one that arrives in time proves that results do.
 */
public final class HeartbeatSender implements SmartLifecycle {
    private static final Duration INTERRUPT_AFTER = Duration.ofSeconds(1);

    private final MonitorGroup group;
    private final AssignedMonitors monitors;
    private final ResultSender results;
    private final Duration every;
    private final InstantSource clock;
    private final Loop loop;

    public HeartbeatSender(
            MonitorGroup group, AssignedMonitors monitors, ResultSender results, Duration every, InstantSource clock) {
        this.group = group;
        this.monitors = monitors;
        this.results = results;
        this.every = every;
        this.clock = clock;
        this.loop = new Loop(
                "heartbeats",
                "Sending heartbeats failed; retrying",
                Loop.Options.DEFAULT.withGrace(INTERRUPT_AFTER),
                _ -> round());
    }

    public Progress progress() {
        return loop.progress();
    }

    private Duration round() {
        if (monitors.stalled().isEmpty()) {
            var now = clock.instant();
            group.loadedPartitions().forEach(partition -> results.heartbeat(partition, now));
        }
        return every;
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }
}
