package io.growalert.alerts;

import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Does what the schedule says: hands runs over, runs checks, tells what they came to. */
final class Runner {
    private final Schedule schedule;
    private final Time time;
    private final Executor executor;
    private final Executor timeoutExecutor;
    private final Reporter reporter;

    /** What a thread of the executor does; the name is for thread dumps. */
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

    Runner(Schedule schedule, Time time, Executor executor, Executor timeoutExecutor, Reporter reporter) {
        this.schedule = schedule;
        this.time = time;
        this.executor = executor;
        this.timeoutExecutor = timeoutExecutor;
        this.reporter = reporter;
    }

    /** Does one thing that is due. False when nothing is. */
    boolean step() {
        switch (schedule.poll()) {
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
            Reporter.log(Level.DEBUG, "The executor refused a run; its slot is missed", thrown);
            schedule.missed(execution);
        }
    }

    private void timeOut(Execution execution) {
        try {
            timeoutExecutor.execute(() -> tellTimeout(execution));
        } catch (Throwable thrown) {
            Reporter.log(Level.ERROR, "A timeout could not be told", thrown);
            schedule.timeoutTold(execution);
        }
    }

    private void run(Execution execution) {
        if (!schedule.begin(execution)) {
            return;
        }
        try {
            var context = execution.context();
            var run = execution.over(check(execution.monitor, context), time.nanos());
            if (schedule.settle(execution)) {
                conclude(execution, context, run);
            }
        } finally {
            schedule.leave(execution);
        }
    }

    private void tellTimeout(Execution execution) {
        try {
            var result = CheckResult.failed(new CheckTimeoutException(execution.monitor.timeout()));
            conclude(execution, execution.context(), execution.over(result, time.nanos()));
        } finally {
            schedule.timeoutTold(execution);
        }
    }

    private static CheckResult check(Monitor monitor, CheckContext context) {
        try {
            @Nullable CheckResult result = monitor.check().run(context);
            return result == null ? CheckResult.failed(new IllegalStateException("the check answered null")) : result;
        } catch (Throwable thrown) {
            return CheckResult.failed(thrown);
        }
    }

    private void conclude(Execution execution, CheckContext context, Run run) {
        reporter.tell(execution.monitor, context, run);
        execution.nextHistory = execution.history.after(run.result());
        try {
            execution.nextTimetable = execution.timetable.next(
                    execution.monitor, execution.nextHistory, run.startedAt().toEpochMilli());
        } catch (Throwable thrown) {
            reporter.intervalFailed(execution.monitor, thrown);
        }
    }
}
