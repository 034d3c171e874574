package io.growalert.history;

import io.growalert.events.AlertPolicy;
import io.growalert.events.CheckError;
import io.growalert.events.CheckResult;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.events.Threshold;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The monitor of the tests: every 10 s the CO2 of rooms, failed above 1000, degraded above 800. */
public final class Rooms {
    public static final Duration EVERY = Duration.ofSeconds(10);

    private Rooms() {}

    public static MonitorDefinition monitor(String id) {
        return monitor(id, new Threshold.Above(1000), 1);
    }

    public static MonitorDefinition monitor(String id, Map<String, String> labels) {
        return monitor(id, new Threshold.Above(1000), 1, labels);
    }

    public static MonitorDefinition monitor(String id, Threshold fail, int after) {
        return monitor(id, fail, after, Map.of("site", "north", "monitor-id", id));
    }

    /** @param customer who pays for it */
    static MonitorDefinition paidBy(String customer, String id) {
        return monitor(id, new Threshold.Above(1000), 1, Map.of(), customer);
    }

    private static MonitorDefinition monitor(String id, Threshold fail, int after, Map<String, String> labels) {
        return monitor(id, fail, after, labels, null);
    }

    private static MonitorDefinition monitor(
            String id, Threshold fail, int after, Map<String, String> labels, @Nullable String customer) {
        return new MonitorDefinition(
                id,
                "test",
                EVERY,
                Duration.ofSeconds(5),
                "farm-db",
                null,
                "SELECT room, co2 AS value FROM readings",
                null,
                fail,
                new Threshold.Above(800),
                OnMissing.FAIL,
                OnMissing.FAIL,
                new AlertPolicy(after, null, 1, null, Duration.ofHours(24), List.of("ops")),
                labels,
                "{{room}} has {{value}} ppm",
                null,
                Duration.ofHours(1),
                null,
                null,
                "ppm",
                customer);
    }

    public static SeriesResult room(String room, double value) {
        var status = value > 1000 ? Status.FAILED : value > 800 ? Status.DEGRADED : Status.PASSED;
        return new SeriesResult(Map.of("room", room), value, status, status == Status.PASSED ? null : "above");
    }

    public static CheckResult run(String monitor, Instant slot, SeriesResult... series) {
        return part(monitor, slot, 1, 1, series);
    }

    public static CheckResult part(String monitor, Instant slot, int part, int parts, SeriesResult... series) {
        var worst = Arrays.stream(series)
                .map(SeriesResult::status)
                .max(Status::compareTo)
                .orElse(Status.FAILED);
        return result(monitor, slot, worst, part, parts, List.of(series), null);
    }

    public static CheckResult error(String monitor, Instant slot) {
        var error = new CheckError(CheckError.Kind.SOURCE, "connection refused");
        return result(monitor, slot, Status.FAILED, 1, 1, List.of(), error);
    }

    private static CheckResult result(
            String monitor,
            Instant slot,
            Status status,
            int part,
            int parts,
            List<SeriesResult> series,
            @Nullable CheckError error) {
        return new CheckResult(
                monitor, slot, slot, 3, status, 0, part, parts, Map.of("site", "north"), series, error, null);
    }
}
