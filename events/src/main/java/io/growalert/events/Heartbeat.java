package io.growalert.events;

import static io.growalert.events.Contract.require;
import static io.growalert.events.Contract.required;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A sign of life of one partition of {@link Topics#CHECK_RESULTS}: the value of {@link Topics#HEARTBEATS}. The monitor-service sends
 * it as a check result without series, which takes the way of all results; the alert state passes it on instead of judging it.
 *
 * @param partition the number of the partition it passed, at least 0
 * @param sentAt when the monitor-service sent it, or when the broker appended it, if that was earlier
 */
public record Heartbeat(int partition, Instant sentAt) {
    /**
     * The key, and the monitor, of heartbeats among check results. No monitor can have this id, so that a dispatcher that does not
     * know heartbeats ignores them.
     */
    public static final String MONITOR = "growalert.heartbeat";

    public Heartbeat {
        require(partition >= 0, "partition must not be negative", partition);
        required(sentAt, "sentAt");
    }

    /** The check result as which a heartbeat is sent. */
    public static CheckResult result(Instant sentAt) {
        return new CheckResult(MONITOR, sentAt, sentAt, 0, Status.PASSED, 0, 1, 1, Map.of(), List.of(), null, null);
    }
}
