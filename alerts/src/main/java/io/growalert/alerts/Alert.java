package io.growalert.alerts;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells somebody that a check failed. It is called after every failed run, so many times for one problem; wrap it in
 * {@link #once} to hear of a problem once. It cannot fail: what it throws goes to
 * {@link MonitorListener#alertFailed} and changes nothing else. It runs as part of the run and the monitor does not run
 * again before it has returned; no timeout is kept for it, so it limits itself.
 */
@FunctionalInterface
public interface Alert {
    /**
     * The check failed.
     *
     * @param errors why, as in {@link CheckResult.Failed#errors()}; may be empty
     */
    void failed(String monitor, CheckContext context, List<Throwable> errors) throws Exception;

    /** The check passed, possibly degraded. Called after every run that did not fail. */
    default void passed(String monitor, CheckContext context) throws Exception {}

    /** Does nothing. */
    static Alert none() {
        return (monitor, context, errors) -> {};
    }

    /**
     * Calls {@code alert} for the first failure and not again until the check has passed. It keeps this per monitor, in
     * memory, so that one may be shared; monitors made anew share it only when they share the alert.
     */
    static Alert once(Alert alert) {
        Set<String> told = ConcurrentHashMap.newKeySet();
        return new Alert() {
            @Override
            public void failed(String monitor, CheckContext context, List<Throwable> errors) throws Exception {
                if (told.add(monitor)) {
                    alert.failed(monitor, context, errors);
                }
            }

            @Override
            public void passed(String monitor, CheckContext context) throws Exception {
                told.remove(monitor);
                alert.passed(monitor, context);
            }
        };
    }

    /**
     * Calls every one of {@code alerts}, in order, also after one that throws; then throws what the first threw, with
     * what others threw as suppressed.
     */
    static Alert all(Alert... alerts) {
        return new AllAlerts(List.of(alerts));
    }
}
