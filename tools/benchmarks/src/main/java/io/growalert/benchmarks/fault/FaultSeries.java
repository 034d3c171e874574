package io.growalert.benchmarks.fault;

import io.growalert.benchmarks.process.Await;
import io.growalert.benchmarks.report.Report;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Faults, one after the other. Each is followed by the recovery, and by a time without a fault. */
public final class FaultSeries {
    private final Predicate<Fault> isHealthy;
    private final Duration patience;
    private final Duration between;
    private final List<FaultPeriod> periods = new ArrayList<>();

    /**
     * @param isHealthy whether everything is healthy after this fault
     * @param patience how long the recovery may take; the series continues after it anyway
     * @param between the time without a fault
     */
    public FaultSeries(Predicate<Fault> isHealthy, Duration patience, Duration between) {
        this.isHealthy = isHealthy;
        this.patience = patience;
        this.between = between;
    }

    /** Whose faults recover in their own actions, and follow each other at once. */
    public static FaultSeries withoutPauses() {
        return new FaultSeries(_ -> true, Duration.ZERO, Duration.ZERO);
    }

    public FaultPeriod inject(Fault fault) throws Exception {
        var from = Instant.now();
        Report.print("%s: %s".formatted(from, fault.name()));
        fault.action().run();
        var repaired = Instant.now();
        boolean isRecovered = Await.happens(patience, () -> isHealthy.test(fault));
        var healthy = Instant.now();
        TimeUnit.MILLISECONDS.sleep(between.toMillis());
        var period = new FaultPeriod(fault, from, repaired, healthy, isRecovered, Instant.now());
        periods.add(period);
        return period;
    }

    public List<FaultPeriod> periods() {
        return Collections.unmodifiableList(periods);
    }

    /** From the beginning of the first fault until everything was healthy after the last one. */
    public TimeSpan untilHealthy() {
        return new TimeSpan(periods.getFirst().from(), periods.getLast().healthy());
    }
}
