package io.growalert.runtime.outbox;

import io.growalert.events.SeriesResult;
import io.growalert.events.SystemMonitor;
import io.growalert.runtime.selfwatch.SystemFact;
import java.util.List;
import java.util.Map;

/** The backlog of an outbox, as a fact of a system monitor; its value is the number of waiting events. */
public final class OutboxFact {
    /** An event that waits for longer is a problem, in seconds. */
    private static final long LIMIT = 60;

    private OutboxFact() {}

    public static SystemFact of(SystemMonitor monitor, Outbox outbox) {
        return new SystemFact(monitor, () -> List.of(series(outbox.backlog())));
    }

    static SeriesResult series(OutboxTable.Backlog backlog) {
        if (backlog.parked() > 0) {
            return SystemFact.failed(
                    Map.of(), backlog.waiting(), "%d events rejected by Kafka".formatted(backlog.parked()));
        }
        return backlog.oldestSeconds() > LIMIT
                ? SystemFact.failed(
                        Map.of(), backlog.waiting(), "oldest event waits for %d s".formatted(backlog.oldestSeconds()))
                : SystemFact.passed(Map.of(), backlog.waiting());
    }
}
