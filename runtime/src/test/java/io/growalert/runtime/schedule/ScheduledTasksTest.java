package io.growalert.runtime.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.runtime.loop.Progress;
import io.growalert.testkit.TestPostgres;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Scheduled tasks on a real PostgreSQL. */
class ScheduledTasksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration HOUR = Duration.ofHours(1);

    private static final ScheduledTasks.Timing TIMING =
            new ScheduledTasks.Timing(Duration.ofMillis(200), Duration.ofMillis(300), Duration.ofMillis(200));

    private static final String NAME = "service.scheduled_tasks";
    private static final String TABLE = """
            drop schema if exists service cascade;
            create schema service;
            create table service.scheduled_tasks (
                task_name text not null, task_instance text not null, task_data bytea, execution_time timestamptz not null,
                picked boolean not null, picked_by text, last_success timestamptz, last_failure timestamptz,
                consecutive_failures int, last_heartbeat timestamptz, version bigint not null, priority smallint,
                primary key (task_name, task_instance))
            """;

    private static final TestPostgres POSTGRES = new TestPostgres();
    private static final DataSource DATABASE = POSTGRES.dataSource();

    private final AtomicInteger runs = new AtomicInteger();
    private @Nullable ScheduledTasks tasks;
    private List<Progress> loops = List.of();

    @AfterAll
    static void closeDatabase() {
        POSTGRES.close();
    }

    @BeforeEach
    void createTable() {
        JdbcClient.create(DATABASE).sql(TABLE).update();
    }

    @AfterEach
    void stop() {
        if (tasks != null) {
            tasks.stop();
        }
    }

    private static ScheduledTasks instance(Function<String, Progress> progress, ScheduledTask... all) {
        return new ScheduledTasks(DATABASE, NAME, InstantSource.system(), TIMING, progress, List.of(all));
    }

    private void started(ScheduledTask... all) {
        started(Progress::new, all);
    }

    private void started(Function<String, Progress> progress, ScheduledTask... all) {
        var created = instance(progress, all);
        tasks = created;
        loops = created.loops();
        created.start();
    }

    private ScheduledTask counting(Duration every) {
        return new ScheduledTask("retention", every, Duration.ofSeconds(1), _ -> runs.incrementAndGet());
    }

    private Optional<String> stalled(String name) {
        return loops.stream()
                .filter(progress -> progress.loop().equals(name))
                .findFirst()
                .orElseThrow()
                .stalled();
    }

    private static void execute(String sql) {
        JdbcClient.create(DATABASE).sql(sql).update();
    }

    @Test
    void runs_at_the_start_and_after_each_delay() {
        started(counting(Duration.ofSeconds(1)));

        await().atMost(PATIENCE).until(() -> runs.get() >= 2);
    }

    @Test
    void two_instances_share_the_runs_of_a_task() {
        var other = instance(Progress::new, counting(HOUR));
        started(counting(HOUR));
        other.start();
        try {
            await().atMost(PATIENCE).until(() -> runs.get() == 1);

            other.runNow("retention");

            await().atMost(PATIENCE).until(() -> runs.get() == 2);
        } finally {
            other.stop();
        }
        assertThat(runs).hasValue(2);
    }

    @Test
    void a_failed_run_is_retried_and_keeps_no_other_task_from_running() {
        var fails = new AtomicBoolean(true);
        var failing = new ScheduledTask("failing", HOUR, Duration.ofSeconds(1), _ -> {
            if (fails.get()) {
                throw new IllegalStateException("no disk");
            }
        });
        started(failing, counting(HOUR));
        var progress = loops.getFirst();

        await().atMost(PATIENCE).until(() -> progress.isFailing() && runs.get() == 1);
        fails.set(false);
        await().atMost(PATIENCE).until(() -> !progress.isFailing());
    }

    @Test
    void an_execution_far_in_the_future_is_brought_forward() {
        started(counting(HOUR));
        await().atMost(PATIENCE).until(() -> runs.get() == 1);

        execute("update service.scheduled_tasks set execution_time = now() + interval '10 years' where not picked");

        await().atMost(PATIENCE).until(() -> runs.get() == 2);
    }

    @Test
    void an_execution_that_an_instance_with_a_fast_clock_planned_is_not_brought_forward() {
        var checks = new AtomicInteger();
        var last = new ScheduledTask("last", HOUR, Duration.ofSeconds(1), _ -> checks.incrementAndGet());
        started(counting(HOUR), last);
        await().atMost(PATIENCE).until(() -> runs.get() == 1 && checks.get() == 1);
        await().atMost(PATIENCE)
                .until(() ->
                        changed("update service.scheduled_tasks set execution_time = now() + interval '1 hour 1 minute'"
                                + " where task_name = 'retention' and not picked"));

        // the check creates the missing row after it read the row of the other task
        await().atMost(PATIENCE)
                .until(() -> changed("delete from service.scheduled_tasks where task_name = 'last' and not picked"));
        await().atMost(PATIENCE).until(() -> checks.get() == 2);

        assertThat(runs).hasValue(1);
    }

    private static boolean changed(String sql) {
        return JdbcClient.create(DATABASE).sql(sql).update() == 1;
    }

    @Test
    void a_row_that_is_missing_is_created_again() {
        started(counting(HOUR));
        await().atMost(PATIENCE).until(() -> runs.get() == 1);
        await().atMost(PATIENCE)
                .until(() -> JdbcClient.create(DATABASE)
                                .sql("delete from service.scheduled_tasks where not picked")
                                .update()
                        == 1);

        await().atMost(PATIENCE).until(() -> runs.get() == 2);
    }

    @Test
    void a_run_that_hangs_is_reported() {
        var nanos = new AtomicLong();
        started(
                name -> new Progress(name, nanos::get),
                new ScheduledTask("retention", HOUR, Duration.ofSeconds(1), _ -> {
                    runs.incrementAndGet();
                    new CountDownLatch(1).await();
                }));
        await().atMost(PATIENCE).until(() -> runs.get() == 1);

        nanos.addAndGet(Progress.LIMIT.plusSeconds(1).toNanos());

        assertThat(stalled("retention")).contains("no progress for 31 s");
    }

    @Test
    void a_task_that_cannot_be_picked_is_reported() {
        var nanos = new AtomicLong();
        started(name -> new Progress(name, nanos::get), counting(HOUR));
        await().atMost(PATIENCE).until(() -> runs.get() == 1);
        execute("""
                create function service.refuse() returns trigger language plpgsql as 'begin raise exception ''full''; end';
                create trigger refuse before update on service.scheduled_tasks
                for each row when (new.picked) execute function service.refuse()
                """);
        await().atMost(PATIENCE)
                .until(() -> JdbcClient.create(DATABASE)
                                .sql(
                                        "update service.scheduled_tasks set execution_time = now() - interval '1 hour' where not picked")
                                .update()
                        == 1);
        await().atMost(PATIENCE).until(() -> check().isFailing());

        nanos.addAndGet(Progress.LIMIT.plusSeconds(1).toNanos());

        assertThat(stalled("scheduled-tasks")).get().asString().contains("overdue: retention");
    }

    private Progress check() {
        return loops.getLast();
    }

    @Test
    void a_failure_that_another_instance_overcame_does_not_stay_in_the_health() {
        var failing = new ScheduledTask("failing", HOUR, HOUR, _ -> {
            throw new IllegalStateException("no disk");
        });
        started(failing);
        var progress = loops.getFirst();
        await().atMost(PATIENCE).until(progress::isFailing);

        await().atMost(PATIENCE)
                .until(() -> JdbcClient.create(DATABASE)
                                .sql("update service.scheduled_tasks set consecutive_failures = 0 where not picked")
                                .update()
                        == 1);

        await().atMost(PATIENCE).until(() -> !progress.isFailing());
    }

    @Test
    void a_check_that_read_the_row_before_the_task_failed_leaves_the_failure_in_the_health() {
        var fails = new AtomicBoolean();
        var task = new ScheduledTask("retention", HOUR, HOUR, _ -> {
            runs.incrementAndGet();
            if (fails.get()) {
                throw new IllegalStateException("no disk");
            }
        });
        var held = new CountDownLatch(1);
        var checks = new AtomicInteger();
        var created = new ScheduledTasks(
                afterEachRead(() -> {
                    if (fails.get() && checks.getAndIncrement() == 0) {
                        held.countDown();
                        await().atMost(PATIENCE).until(() -> loops.getFirst().isFailing());
                    }
                }),
                NAME,
                InstantSource.system(),
                TIMING,
                Progress::new,
                List.of(task));
        tasks = created;
        loops = created.loops();
        created.start();
        await().atMost(PATIENCE).until(() -> runs.get() == 1 && succeeded());

        fails.set(true);
        await().atMost(PATIENCE).until(() -> held.getCount() == 0);
        created.runNow("retention");
        await().atMost(PATIENCE).until(() -> checks.get() == 2);

        assertThat(loops.getFirst().isFailing()).isTrue();
    }

    private static boolean succeeded() {
        return JdbcClient.create(DATABASE)
                        .sql(
                                "select count(*) from service.scheduled_tasks where not picked and last_success is not null")
                        .query(Integer.class)
                        .single()
                == 1;
    }

    /** The database; the thread of the check runs {@code action} after it gave its connection back. */
    private static DataSource afterEachRead(Runnable action) {
        return new DelegatingDataSource(DATABASE) {
            @Override
            public Connection getConnection() throws SQLException {
                var connection = super.getConnection();
                if (!Thread.currentThread().getName().equals("scheduled-tasks")) {
                    return connection;
                }
                return (Connection) Proxy.newProxyInstance(
                        getClass().getClassLoader(), new Class<?>[] {Connection.class}, (_, method, arguments) -> {
                            var result = method.invoke(connection, arguments);
                            if (method.getName().equals("close")) {
                                action.run();
                            }
                            return result;
                        });
            }
        };
    }
}
