package io.growalert.runtime.selfwatch;

import io.growalert.events.SeriesResult;
import io.growalert.events.Status;
import io.growalert.events.SystemMonitor;
import java.util.List;
import java.util.Map;

/** What a service knows about itself for one system monitor. */
public record SystemFact(SystemMonitor monitor, Measurement measurement) {
    /** Reads the present series. */
    @FunctionalInterface
    public interface Measurement {
        /**
         * The series, judged; at most {@link io.growalert.events.CheckResult#MAX_SERIES}.
         *
         * @throws Exception they cannot be read now, which is published as the result's error
         */
        List<SeriesResult> read() throws Exception;
    }

    public static SeriesResult passed(Map<String, String> labels, double value) {
        return new SeriesResult(labels, value, Status.PASSED, null);
    }

    public static SeriesResult failed(Map<String, String> labels, double value, String reason) {
        return new SeriesResult(labels, value, Status.FAILED, reason);
    }

    public static SeriesResult passed(Map<String, String> labels, long count) {
        return passed(labels, (double) count);
    }

    public static SeriesResult failed(Map<String, String> labels, long count, String reason) {
        return failed(labels, (double) count, reason);
    }
}
