package io.growalert.alerts;

import java.lang.System.Logger.Level;

/**
 * Receives every run. Its exceptions are logged ({@link System.Logger} {@code io.growalert.alerts}) and ignored. A monitor does
 * not run again before the listener has returned, so that the runs of one monitor arrive in order and one at a time; those of
 * several monitors arrive concurrently.
 */
@FunctionalInterface
public interface MonitorListener {
    /**
     * Called at the end of a run, before its alert, on the run's thread; for a run that timed out on a separate virtual thread,
     * because the run's is still busy. Runs that {@link Monitors#close} interrupted are not reported: their failure says nothing
     * about what they check. The outcome of the run carries the check's {@linkplain CheckOutcome#detail() detail}.
     */
    void ran(Run run);

    /** The alert of a monitor threw this exception. */
    default void alertFailed(String monitor, Throwable thrown) {
        Reporter.log(Level.WARNING, "The alert of monitor " + monitor + " failed; continuing", thrown);
    }

    /** The interval of a monitor threw this exception or returned an invalid value; the last valid interval stays. */
    default void intervalFailed(String monitor, Throwable thrown) {
        Reporter.log(Level.WARNING, "The interval of monitor " + monitor + " failed; the last valid one stays", thrown);
    }
}
