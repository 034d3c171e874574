package io.growalert.monitor;

import io.growalert.events.Status;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /api/monitors}: the monitors that run here, by id. */
@RestController
final class MonitorsEndpoint {
    private final HeldMonitors monitors;

    /** @param slot the slot of its last run here; null, as the status, before the first */
    record Held(String id, @Nullable Instant slot, @Nullable Status status) {}

    MonitorsEndpoint(HeldMonitors monitors) {
        this.monitors = monitors;
    }

    @GetMapping("/api/monitors")
    List<Held> monitors() {
        return monitors.all().stream()
                .map(MonitorsEndpoint::held)
                .sorted(Comparator.comparing(Held::id))
                .toList();
    }

    private static Held held(WatchedMonitor monitor) {
        var id = monitor.definition().id();
        return monitor.lastRun()
                .map(run -> new Held(id, run.slot(), run.status()))
                .orElseGet(() -> new Held(id, null, null));
    }
}
