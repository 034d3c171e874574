package io.growalert.dispatcher;

import io.growalert.dispatcher.deadman.DeadMan;
import io.growalert.dispatcher.notify.Notifier;
import io.growalert.dispatcher.outbox.NotificationLog;
import io.growalert.dispatcher.state.StateStreams;
import io.growalert.events.SeriesResult;
import io.growalert.events.SystemMonitor;
import io.growalert.runtime.InstanceFolder;
import io.growalert.runtime.selfwatch.DiskUsage;
import io.growalert.runtime.selfwatch.SystemFact;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What the dispatcher reports to the system monitors. */
final class DispatcherFacts {
    private DispatcherFacts() {}

    static List<SystemFact> of(
            InstanceFolder data,
            Notifier notifier,
            StateStreams state,
            DeadMan deadMan,
            RecentDeadLetters deadLetters,
            NotificationLog notifications) {
        return List.of(
                new SystemFact(SystemMonitor.PARKED_DELIVERIES, () -> parked(notifier.parked())),
                new SystemFact(SystemMonitor.DEAD_LETTERS, deadLetters::read),
                new SystemFact(SystemMonitor.LAG, () -> lag(state.stalled(), deadMan::lag)),
                DiskUsage.of(SystemMonitor.DISPATCHER_DISK, data.instanceId(), data.path()),
                notifications.backlog());
    }

    /** One series for each receiver with parked deliveries that no operator acknowledged. */
    static List<SeriesResult> parked(Map<String, Long> parked) {
        return parked.entrySet().stream()
                .map(receiver -> SystemFact.failed(
                        Map.of("receiver", receiver.getKey()),
                        receiver.getValue(),
                        "%d deliveries parked".formatted(receiver.getValue())))
                .toList();
    }

    /**
     * A stalled alert state is a problem although its heartbeats may be recent.
     *
     * @param stalled why the alert state counts as stalled
     * @param heartbeats how long results take through the chain
     */
    static List<SeriesResult> lag(Optional<String> stalled, Supplier<SeriesResult> heartbeats) {
        return List.of(stalled.map(reason -> SystemFact.failed(Map.of(), 0L, "alert state stalled: " + reason))
                .orElseGet(heartbeats));
    }
}
