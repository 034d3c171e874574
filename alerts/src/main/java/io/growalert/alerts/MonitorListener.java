package io.growalert.alerts;

import java.lang.System.Logger.Level;

/**
 * Hears of every run. What it throws is logged ({@link System.Logger} {@code io.growalert.alerts}) and swallowed.
 * A monitor does not run again before it has returned, so the runs of one monitor are told in order and one at a time;
 * those of several monitors are told at the same time.
 */
@FunctionalInterface
public interface MonitorListener {
    /**
     * A run is over, its alert has not been called yet. On the run's own thread; for a run that timed out on a virtual
     * thread of its own, because the run's is still busy. Runs that {@link Monitors#close} interrupted are not told: that
     * they failed says nothing about what they check.
     */
    void ran(Run run);

    /** The alert of a monitor threw this. */
    default void alertFailed(String monitor, Throwable thrown) {
        Reporter.log(Level.WARNING, "The alert of monitor " + monitor + " failed; going on", thrown);
    }

    /** The interval of a monitor threw this, or answered nonsense; its last interval stays. */
    default void intervalFailed(String monitor, Throwable thrown) {
        Reporter.log(Level.WARNING, "The interval of monitor " + monitor + " failed; keeping its last one", thrown);
    }
}
