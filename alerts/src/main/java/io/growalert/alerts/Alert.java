package io.growalert.alerts;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Notifies of a failed check. It is called after every failed run, so many times for one problem; wrap it in {@link #once} to be
 * notified once. Its exceptions go to {@link MonitorListener#alertFailed} and change nothing else. It runs as part of the run and
 * the monitor does not run again before it has returned; it has no timeout, so it must limit itself.
 */
@FunctionalInterface
public interface Alert {
    /**
     * The check failed.
     *
     * @param errors why, as in {@link CheckOutcome.Failed#errors()}; may be empty
     */
    void failed(String monitor, CheckContext context, List<Throwable> errors) throws Exception;

    /** The check passed, possibly degraded. Called after every run that did not fail. */
    default void passed(String monitor, CheckContext context) throws Exception {}

    /** Does nothing. */
    static Alert none() {
        return (monitor, context, errors) -> {};
    }

    /**
     * Calls {@code alert} for the first failure and not again until the check has passed. It remembers this per monitor, in
     * memory, so that one alert may be shared; a recreated monitor continues only with the same alert.
     */
    static Alert once(Alert alert) {
        Set<String> notified = ConcurrentHashMap.newKeySet();
        return new Alert() {
            @Override
            public void failed(String monitor, CheckContext context, List<Throwable> errors) throws Exception {
                if (notified.add(monitor)) {
                    alert.failed(monitor, context, errors);
                }
            }

            @Override
            public void passed(String monitor, CheckContext context) throws Exception {
                notified.remove(monitor);
                alert.passed(monitor, context);
            }
        };
    }

    /**
     * Calls every one of {@code alerts}, in order, also after one that throws; then throws the first exception, with
     * the others as suppressed.
     */
    static Alert all(Alert... alerts) {
        return new AllAlerts(List.of(alerts));
    }
}
