package io.growalert.billing.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.stripe.exception.StripeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;

class ScheduledReconciliationTest {
    private final Scene scene = new Scene();

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void missed_events_are_found_without_a_request() throws StripeException {
        scene.shop.register("one@example.com");

        assertThat(schedule().runWhenDue(scene.scheduled)).isTrue();

        assertThat(scene.count("select count(*) from billing.customers")).isOne();
    }

    @Test
    void other_instances_do_not_repeat_it() {
        schedule().runWhenDue(scene.scheduled);

        assertThat(scene.text("select report from billing.reconciliations")).contains("\"complete\":true");
        assertThat(schedule().runWhenDue(scene.scheduled)).isFalse();
    }

    @Test
    void it_does_not_run_beside_another_reconciliation() {
        try (var other = scene.reconciler().begin().orElseThrow()) {
            assertThat(other).isNotNull();
            assertThat(schedule().runWhenDue(scene.scheduled)).isFalse();
        }
        assertThat(schedule().runWhenDue(scene.scheduled)).isTrue();
    }

    @Test
    void an_unreachable_database_fails_the_run_and_the_next_one_succeeds() {
        scene.database.refuseWhen(() -> true);
        var schedule = schedule();

        assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> schedule.runWhenDue(scene.scheduled));
        scene.database.refuseWhen(() -> false);

        assertThat(schedule.runWhenDue(scene.scheduled)).isTrue();
    }

    /** Its duration depends on the number of objects at Stripe; each request is a step. */
    @Test
    void a_long_run_does_not_count_as_stalled() {
        var progress = scene.scheduled;
        scene.pauses.advance(progress);
        progress.begin();
        scene.nanos.addAndGet(Duration.ofSeconds(31).toNanos());
        assertThat(progress.stalled()).hasValue("no progress for 31 s");

        scene.pauses.pause(Duration.ZERO);

        assertThat(progress.stalled()).isEmpty();
    }

    @Test
    void the_stop_of_the_service_ends_a_run_before_its_report() {
        scene.pauses.stop();

        assertThat(schedule().runWhenDue(scene.scheduled)).isFalse();

        assertThat(scene.count("select count(*) from billing.reconciliations")).isZero();
    }

    @Test
    void the_schedule_waits_ten_minutes_after_the_start_and_then_looks_each_minute() throws Exception {
        var clock = new AtomicReference<>(Instant.now());
        var task = schedule(clock::get).task();
        assertThat(task.every()).isEqualTo(Duration.ofMinutes(1));

        task.work().run(scene.scheduled);
        assertThat(scene.count("select count(*) from billing.reconciliations")).isZero();

        clock.updateAndGet(now -> now.plus(Duration.ofMinutes(10)));
        task.work().run(scene.scheduled);
        assertThat(scene.count("select count(*) from billing.reconciliations")).isOne();
    }

    private ScheduledReconciliation schedule() {
        return schedule(InstantSource.system());
    }

    private ScheduledReconciliation schedule(InstantSource clock) {
        return new ScheduledReconciliation(
                scene.reconciler(),
                new ReconciliationReports(scene.database.jdbc()),
                scene.pauses,
                new ReconcileSettings(Duration.ofDays(1), Duration.ofDays(4)),
                clock);
    }
}
