package io.growalert.alerts;

import java.util.Optional;

/**
 * The runs of a monitor so far, for its {@link Interval}. It is reset when the monitor is replaced.
 *
 * @param lastOutcome of the last run, without its detail; empty before the first run
 * @param consecutiveFailures how many runs failed since the last that did not
 */
public record RunHistory(Optional<CheckOutcome> lastOutcome, long consecutiveFailures) {
    static final RunHistory NONE = new RunHistory(Optional.empty(), 0);

    private static final RunHistory PASSED = new RunHistory(Optional.of(CheckOutcome.passed()), 0);

    RunHistory after(CheckOutcome outcome) {
        return switch (outcome) {
            case CheckOutcome.Passed _ -> PASSED;
            case CheckOutcome.Degraded degraded ->
                new RunHistory(Optional.of(CheckOutcome.degraded(degraded.error())), 0);
            case CheckOutcome.Failed failed ->
                new RunHistory(Optional.of(CheckOutcome.failed(failed.errors())), consecutiveFailures + 1);
        };
    }
}
