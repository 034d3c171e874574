package io.growalert.alerts;

import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Executes what the scheduler returns: hands runs over, runs checks, reports their outcomes. */
final class Runner {
    private final Scheduler scheduler;
    private final Time time;
    private final Executor executor;
    private final Executor timeoutExecutor;
    private final Reporter reporter;

    /** The task of a thread of the executor; its name is for thread dumps. */
    private record Task(Runner runner, Execution execution) implements Runnable {
        @Override
        public void run() {
            runner.run(execution);
        }

        @Override
        public String toString() {
            return execution.monitor.name();
        }
    }

    Runner(Scheduler scheduler, Time time, Executor executor, Executor timeoutExecutor, Reporter reporter) {
        this.scheduler = scheduler;
        this.time = time;
        this.executor = executor;
        this.timeoutExecutor = timeoutExecutor;
        this.reporter = reporter;
    }

    /** Executes one step that is due. False when nothing is due. */
    boolean step() {
        switch (scheduler.poll()) {
            case null -> {
                return false;
            }
            case Due.Start(var execution) -> start(execution);
            case Due.TimedOut(var execution) -> timeOut(execution);
        }
        return true;
    }

    private void start(Execution execution) {
        try {
            executor.execute(new Task(this, execution));
        } catch (Throwable thrown) {
            Reporter.log(Level.DEBUG, "Executor rejected a run; its slot is missed", thrown);
            scheduler.missed(execution);
        }
    }

    private void timeOut(Execution execution) {
        try {
            timeoutExecutor.execute(() -> reportTimeout(execution));
        } catch (Throwable thrown) {
            Reporter.log(Level.ERROR, "Reporting a timeout failed", thrown);
            scheduler.timeoutReported(execution);
        }
    }

    private void run(Execution execution) {
        if (!scheduler.begin(execution)) {
            return;
        }
        try {
            var context = execution.context();
            var run = execution.completed(check(execution.monitor, context), time.nanos());
            if (scheduler.settle(execution)) {
                conclude(execution, context, run);
            }
        } finally {
            scheduler.leave(execution);
        }
    }

    private void reportTimeout(Execution execution) {
        try {
            var outcome = CheckOutcome.failed(new CheckTimeoutException(execution.monitor.timeout()));
            conclude(execution, execution.context(), execution.completed(outcome, time.nanos()));
        } finally {
            scheduler.timeoutReported(execution);
        }
    }

    private static CheckOutcome check(Monitor monitor, CheckContext context) {
        try {
            @Nullable CheckOutcome outcome = monitor.check().run(context);
            return outcome == null
                    ? CheckOutcome.failed(new IllegalStateException("the check returned null"))
                    : outcome;
        } catch (Throwable thrown) {
            return CheckOutcome.failed(thrown);
        }
    }

    private void conclude(Execution execution, CheckContext context, Run run) {
        reporter.report(execution.monitor, context, run);
        execution.nextHistory = execution.history.after(run.outcome());
        try {
            execution.nextTimetable = execution.timetable.next(
                    execution.monitor, execution.nextHistory, run.startedAt().toEpochMilli());
        } catch (Throwable thrown) {
            reporter.intervalFailed(execution.monitor, thrown);
        }
    }
}
