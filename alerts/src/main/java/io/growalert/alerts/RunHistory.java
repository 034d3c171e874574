package io.growalert.alerts;

import java.util.Optional;

/**
 * What is known of a monitor's runs, for its {@link Interval} to decide on. It starts anew when the monitor is replaced.
 *
 * @param lastResult of the last run; empty before the first
 * @param consecutiveFailures how many runs failed since the last that did not
 */
public record RunHistory(Optional<CheckResult> lastResult, long consecutiveFailures) {
    static final RunHistory NONE = new RunHistory(Optional.empty(), 0);

    private static final RunHistory WELL = new RunHistory(Optional.of(CheckResult.passed()), 0);

    RunHistory after(CheckResult result) {
        return switch (result) {
            case CheckResult.Passed _ -> WELL;
            case CheckResult.Degraded _ -> new RunHistory(Optional.of(result), 0);
            case CheckResult.Failed _ -> new RunHistory(Optional.of(result), consecutiveFailures + 1);
        };
    }
}
