package io.growalert.alerts;

import java.lang.System.Logger.Level;

/** Tells the listener and the alert about a run, and swallows what they throw. */
record Reporter(MonitorListener listener) {
    private static final System.Logger LOG = System.getLogger("io.growalert.alerts");

    private interface Call {
        void run() throws Exception;
    }

    void tell(Monitor monitor, CheckContext context, Run run) {
        guarded(monitor, () -> listener.ran(run));
        try {
            switch (run.result()) {
                case CheckResult.Passed _, CheckResult.Degraded _ ->
                    monitor.alert().passed(monitor.name(), context);
                case CheckResult.Failed failed -> monitor.alert().failed(monitor.name(), context, failed.errors());
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
            log(Level.WARNING, "The listener failed for monitor " + monitor.name() + "; going on", thrown);
        }
    }

    /** Nothing that a logger throws may end a run or the scheduler. */
    static void log(Level level, String message, Throwable thrown) {
        try {
            LOG.log(level, message, thrown);
        } catch (Throwable _) {
            // there is nobody left to tell
        }
    }
}
