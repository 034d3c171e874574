package io.growalert.monitor.operations;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.growalert.events.Status;
import io.growalert.monitor.run.AssignedMonitors;
import io.growalert.monitor.run.QueryCheck;
import io.growalert.runtime.entitlement.CustomerPauses;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /api/monitors}: the monitors that run here, by id. */
@RestController
public final class MonitorsEndpoint {
    private final AssignedMonitors monitors;

    /**
     * @param slot the slot of its last run here; null, as the status, before the first
     * @param paused why it does not run at present; null when it does
     */
    record Assigned(
            String id,
            @Nullable Instant slot,
            @Nullable Status status,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String paused) {}

    public MonitorsEndpoint(AssignedMonitors monitors) {
        this.monitors = monitors;
    }

    @GetMapping("/api/monitors")
    List<Assigned> monitors() {
        return monitors.all().stream()
                .map(MonitorsEndpoint::assigned)
                .sorted(Comparator.comparing(Assigned::id))
                .toList();
    }

    private static Assigned assigned(QueryCheck check) {
        var id = check.definition().id();
        var paused = check.isPaused() ? CustomerPauses.REASON : null;
        return check.lastRun()
                .map(run -> new Assigned(id, run.slot(), run.status(), paused))
                .orElseGet(() -> new Assigned(id, null, null, paused));
    }
}
