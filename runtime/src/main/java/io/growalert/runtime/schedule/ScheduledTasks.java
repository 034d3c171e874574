package io.growalert.runtime.schedule;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.TaskInstanceId;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The scheduled tasks of a service, run by <a href="https://github.com/kagkarlsson/db-scheduler">db-scheduler</a>: each on one
 * instance at a time, and on another one within a minute when that instance dies. The table is db-scheduler's
 * {@code scheduled_tasks}, in the service's schema, made by a migration of the service:
 *
 * <pre>{@code
 * create table dispatcher.scheduled_tasks (
 *     task_name            text not null,
 *     task_instance        text not null,
 *     task_data            bytea,
 *     execution_time       timestamptz not null,
 *     picked               boolean not null,
 *     picked_by            text,
 *     last_success         timestamptz,
 *     last_failure         timestamptz,
 *     consecutive_failures int,
 *     last_heartbeat       timestamptz,
 *     version              bigint not null,
 *     priority             smallint,
 *     primary key (task_name, task_instance)
 * );
 * create index on dispatcher.scheduled_tasks (execution_time);
 * create index on dispatcher.scheduled_tasks (last_heartbeat);
 * }</pre>
 *
 * <p>A loop beside it checks each {@value #CHECK_SECONDS} s what db-scheduler leaves open: a row that is missing is made again, an
 * execution that a clock which was ahead put too far into the future is brought forward, and a task that is overdue fails
 * the health report.
 */
public final class ScheduledTasks implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduledTasks.class);

    private static final int CHECK_SECONDS = 10;
    private static final Timing TIMING =
            new Timing(Duration.ofSeconds(5), Duration.ofSeconds(CHECK_SECONDS), Duration.ofSeconds(15));
    /** A dead instance is noticed after four of them. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private static final int MISSED_HEARTBEATS = 4;
    /** Between the clocks of two instances, which must not bring forward each other's executions. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
    /** Longer than a dead instance takes to be noticed. */
    private static final Duration OVERDUE = Duration.ofMinutes(2);

    private final DataSource database;
    private final String table;
    private final InstantSource clock;
    private final Timing timing;
    private final JdbcClient jdbc;
    private final Map<String, Running> tasks = new LinkedHashMap<>();
    private final Loop check;
    private volatile @Nullable Scheduler scheduler;

    /**
     * How often the table is read, and how long a stop takes.
     *
     * @param poll by db-scheduler, for tasks that are due
     * @param check by the loop beside it
     * @param shutdown how long a stop waits for the runs under way before it interrupts them
     */
    record Timing(Duration poll, Duration check, Duration shutdown) {}

    /** A task and its progress on this instance. */
    private record Running(ScheduledTask task, Progress progress) {
        RecurringTask<Void> recurring() {
            return Tasks.recurring(task.name(), FixedDelay.of(task.every()))
                    .onFailure(this::retry)
                    .onDeadExecutionRevive()
                    .execute((_, _) -> run());
        }

        private void retry(ExecutionComplete failed, ExecutionOperations<Void> operations) {
            operations.reschedule(failed, failed.getTimeDone().plus(task.retryAfter()));
        }

        private void run() {
            progress.begin();
            try {
                task.work().run(progress);
                progress.end();
            } catch (InterruptedException e) {
                // the service stops
                progress.end();
                Thread.currentThread().interrupt();
            } catch (Throwable e) {
                progress.failed(e);
                (e instanceof Exception ? LOG.atWarn() : LOG.atError())
                        .setCause(e)
                        .addKeyValue("task", task.name())
                        .log("Scheduled task failed; retrying");
                throw new Failed(e);
            }
        }
    }

    /** It is logged already; db-scheduler counts it. */
    private static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failed(Throwable cause) {
            super(cause);
        }
    }

    /** @param table with its schema, for example {@code dispatcher.scheduled_tasks} */
    public ScheduledTasks(DataSource database, String table, List<ScheduledTask> tasks) {
        this(database, table, InstantSource.system(), TIMING, Progress::new, tasks);
    }

    /** @param progress of a task or of the check, by its name */
    ScheduledTasks(
            DataSource database,
            String table,
            InstantSource clock,
            Timing timing,
            Function<String, Progress> progress,
            List<ScheduledTask> tasks) {
        this.database = database;
        this.table = table;
        this.clock = clock;
        this.timing = timing;
        this.jdbc = JdbcClient.create(database);
        tasks.forEach(task -> this.tasks.put(task.name(), new Running(task, progress.apply(task.name()))));
        check = new Loop(
                progress.apply("scheduled-tasks"),
                "Checking the scheduled tasks failed; retrying",
                Loop.Options.DEFAULT,
                _ -> check());
    }

    /** The progress of each task and of the check, for the health report. */
    public List<Progress> loops() {
        var all = new ArrayList<Progress>();
        tasks.values().forEach(each -> all.add(each.progress()));
        all.add(check.progress());
        return all;
    }

    /** Runs this task as soon as an instance is free, rather than when it is due. */
    public void runNow(String task) {
        var running = scheduler;
        if (running != null) {
            running.reschedule(id(task), clock.instant());
            running.triggerCheckForDueExecutions();
        }
    }

    private static TaskInstanceId id(String task) {
        return TaskInstanceId.of(task, RecurringTask.INSTANCE);
    }

    @Override
    public void start() {
        var recurring = tasks.values().stream().map(Running::recurring).toList();
        int threads = Math.max(1, tasks.size());
        var started = Scheduler.create(database)
                .startTasks(recurring)
                .tableName(table)
                .clock(clock::instant)
                .threads(threads)
                .executorService(Executors.newFixedThreadPool(
                        threads,
                        Thread.ofPlatform()
                                .name("scheduled-task-", 0)
                                .uncaughtExceptionHandler(ScheduledTasks::notPicked)
                                .factory()))
                .pollingInterval(timing.poll())
                .heartbeatInterval(HEARTBEAT)
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                // a failed run is logged by the task
                .failureLogging(LogLevel.OFF, false)
                .shutdownMaxWait(timing.shutdown())
                .build();
        started.start();
        scheduler = started;
        check.start();
    }

    private static void notPicked(Thread thread, Throwable e) {
        LOG.atWarn().setCause(e).log("Claiming a scheduled task failed; retrying");
    }

    /** Waits up to 15 s for the runs under way, then interrupts them. */
    @Override
    public void stop() {
        var stopping = scheduler;
        scheduler = null;
        check.stop();
        if (stopping != null) {
            stopping.stop();
        }
    }

    @Override
    public boolean isRunning() {
        return scheduler != null;
    }

    private record Row(boolean picked, Instant executionTime, boolean failing) {}

    private Map<String, Row> rows() {
        var rows = new LinkedHashMap<String, Row>();
        jdbc.sql("select task_name, picked, execution_time, coalesce(consecutive_failures, 0) > 0 as failing from "
                        + table)
                .query(row -> {
                    rows.put(
                            row.getString("task_name"),
                            new Row(
                                    row.getBoolean("picked"),
                                    row.getTimestamp("execution_time").toInstant(),
                                    row.getBoolean("failing")));
                });
        return rows;
    }

    private Duration check() {
        var now = clock.instant();
        var failures = new HashMap<String, Long>();
        tasks.forEach((name, running) -> {
            if (running.progress().isFailing()) {
                failures.put(name, running.progress().failures());
            }
        });
        var rows = rows();
        var overdue = new ArrayList<String>();
        tasks.forEach((name, running) -> {
            var row = rows.get(name);
            if (row == null) {
                insert(running, now);
            } else if (!row.picked()) {
                var latest = now.plus(max(running.task().every(), running.task().retryAfter()))
                        .plus(CLOCK_SKEW);
                if (row.executionTime().isAfter(latest)) {
                    bringForward(name, now, row.executionTime());
                } else if (row.executionTime().plus(OVERDUE).isBefore(now)) {
                    overdue.add(name);
                }
                var failed = failures.get(name);
                if (failed != null && !row.failing()) {
                    // the row was read after this failure, and is written before the task is no longer picked
                    running.progress().overcome(failed);
                }
            }
        });
        if (!overdue.isEmpty()) {
            throw new IllegalStateException("overdue: " + String.join(", ", overdue));
        }
        return timing.check();
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private void insert(Running running, Instant now) {
        var started = scheduler;
        if (started != null) {
            started.scheduleIfNotExists(new TaskInstance<>(running.task().name(), RecurringTask.INSTANCE), now);
        }
    }

    private void bringForward(String task, Instant now, Instant planned) {
        int changed = jdbc.sql(
                        "update " + table
                                + " set execution_time = :now where task_name = :task and not picked and execution_time = :planned")
                .param("now", Timestamp.from(now))
                .param("task", task)
                .param("planned", Timestamp.from(planned))
                .update();
        if (changed > 0) {
            LOG.atWarn()
                    .addKeyValue("task", task)
                    .addKeyValue("executionTime", planned)
                    .log("Scheduled task was too far in the future; it runs now");
        }
    }
}
