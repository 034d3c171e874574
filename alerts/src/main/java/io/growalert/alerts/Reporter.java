package io.growalert.alerts;

import java.lang.System.Logger.Level;

/** Passes a run to the listener and the alert; their exceptions are logged. */
record Reporter(MonitorListener listener) {
    private static final System.Logger LOG = System.getLogger("io.growalert.alerts");

    private interface Call {
        void run() throws Exception;
    }

    void report(Monitor monitor, CheckContext context, Run run) {
        guarded(monitor, () -> listener.ran(run));
        try {
            switch (run.outcome()) {
                case CheckOutcome.Passed _, CheckOutcome.Degraded _ ->
                    monitor.alert().passed(monitor.name(), context);
                case CheckOutcome.Failed failed -> monitor.alert().failed(monitor.name(), context, failed.errors());
            }
        } catch (Throwable thrown) {
            guarded(monitor, () -> listener.alertFailed(monitor.name(), thrown));
        }
    }

    void intervalFailed(Monitor monitor, Throwable thrown) {
        guarded(monitor, () -> listener.intervalFailed(monitor.name(), thrown));
    }

    private static void guarded(Monitor monitor, Call call) {
        try {
            call.run();
        } catch (Throwable thrown) {
            log(Level.WARNING, "The listener failed for monitor " + monitor.name() + "; continuing", thrown);
        }
    }

    /** A logger's exception must not end a run or the scheduler. */
    static void log(Level level, String message, Throwable thrown) {
        try {
            LOG.log(level, message, thrown);
        } catch (Throwable _) {
            // nothing is left to report to
        }
    }
}
