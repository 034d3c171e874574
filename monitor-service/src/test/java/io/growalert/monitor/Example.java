package io.growalert.monitor;

import io.growalert.events.AlertPolicy;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.Threshold;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Definitions for tests. */
public final class Example {
    private Example() {}

    public static MonitorDefinition monitor(String id) {
        return monitor(id, "mine", 1000, 800.0);
    }

    public static MonitorDefinition labelled(String id, Map<String, String> labels) {
        return monitor(id, "mine", 1000, 800.0, labels);
    }

    public static MonitorDefinition monitor(String id, String origin, double fail, @Nullable Double degraded) {
        return monitor(id, origin, fail, degraded, Map.of("site", "north"));
    }

    private static MonitorDefinition monitor(
            String id, String origin, double fail, @Nullable Double degraded, Map<String, String> labels) {
        return new MonitorDefinition(
                id,
                origin,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                "memory",
                null,
                id,
                null,
                new Threshold.Above(fail),
                degraded == null ? null : new Threshold.Above(degraded),
                OnMissing.DEGRADED,
                OnMissing.FAIL,
                new AlertPolicy(1, null, 1, null, Duration.ofHours(24), List.of()),
                labels,
                null,
                null,
                null);
    }
}
