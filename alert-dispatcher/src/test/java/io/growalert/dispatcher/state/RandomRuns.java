package io.growalert.dispatcher.state;

import io.growalert.events.AlertEvent;
import io.growalert.events.AlertPolicy;
import io.growalert.events.CheckError;
import io.growalert.events.CheckResult;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.OnMissing;
import io.growalert.events.SeriesResult;
import io.growalert.events.Threshold;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Monitors and runs as a seeded random generator makes them. */
final class RandomRuns {
    private static final int ROOMS = 4;

    private final Random random;
    private final boolean[] failing = new boolean[ROOMS];
    private final boolean[] away = new boolean[ROOMS];

    RandomRuns(long seed) {
        random = new Random(seed);
        for (int i = 0; i < ROOMS; i++) {
            away[i] = random.nextBoolean();
        }
    }

    MonitorDefinition monitor(String id) {
        var policy = new AlertPolicy(
                1 + random.nextInt(3),
                random.nextInt(3) == 0 ? Duration.ofSeconds(10L * (1 + random.nextInt(4))) : null,
                1 + random.nextInt(3),
                random.nextBoolean() ? Duration.ofSeconds(10L + 10L * random.nextInt(5)) : null,
                Duration.ofSeconds(30L + 10L * random.nextInt(10)),
                List.of("ops"));
        var resolve = List.of(
                        Optional.<Threshold>empty(),
                        Optional.<Threshold>of(new Threshold.Below(700)),
                        Optional.<Threshold>of(new Threshold.Inside(800, 950)))
                .get(random.nextInt(3));
        var monitor = ExampleMonitor.monitor(id, policy, missing(), missing(), null);
        return ExampleMonitor.with(resolve.orElse(null), random.nextBoolean(), null, monitor);
    }

    private OnMissing missing() {
        return List.of(OnMissing.FAIL, OnMissing.DEGRADED, OnMissing.IGNORE).get(random.nextInt(3));
    }

    CheckResult run(String monitor, Instant slot) {
        if (random.nextInt(10) == 0) {
            var error = new CheckError(CheckError.Kind.SOURCE, "gone");
            return ExampleMonitor.result(monitor, slot, 1, 1, List.of(), error);
        }
        var series = new ArrayList<SeriesResult>();
        for (int i = 0; i < ROOMS; i++) {
            failing[i] ^= random.nextInt(4) == 0;
            away[i] ^= random.nextInt(5) == 0;
            if (!away[i]) {
                series.add(ExampleMonitor.room("r" + i, failing[i] ? 1200 : random.nextBoolean() ? 900 : 500));
            }
        }
        return ExampleMonitor.result(monitor, slot, 1, 1, series, null);
    }

    /** Whether the next slot is left out. */
    boolean skips() {
        return random.nextInt(12) == 0;
    }

    static ReplayModel.ExpectedEvent transition(AlertEvent event) {
        boolean own = event.alert().equals(io.growalert.events.Ids.alert(event.monitor()));
        @Nullable Map<String, String> series = event.series();
        return new ReplayModel.ExpectedEvent(own, series, event.type().wire(), event.slot(), event.firingSince());
    }
}
