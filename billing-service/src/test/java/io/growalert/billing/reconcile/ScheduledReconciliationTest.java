package io.growalert.billing.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScheduledReconciliationTest {
    private final Scene scene = new Scene();

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void what_never_came_is_found_without_anybody_asking() throws StripeException {
        scene.shop.register("one@example.com");

        assertThat(schedule().runWhenDue()).isTrue();

        assertThat(scene.count("select count(*) from billing.customers")).isOne();
    }

    @Test
    void other_instances_do_not_do_it_again() {
        schedule().runWhenDue();

        assertThat(scene.text("select report from billing.reconciliations")).contains("\"complete\":true");
        assertThat(schedule().runWhenDue()).isFalse();
    }

    @Test
    void it_is_left_to_whoever_is_at_it() {
        try (var other = scene.reconciler().begin().orElseThrow()) {
            assertThat(other).isNotNull();
            assertThat(schedule().runWhenDue()).isFalse();
        }
        assertThat(schedule().runWhenDue()).isTrue();
    }

    @Test
    void a_database_that_is_away_ends_nothing() {
        scene.database.refuseWhen(() -> true);
        var schedule = schedule();

        var during = schedule.runWhenDue();
        scene.database.refuseWhen(() -> false);

        assertThat(during).isFalse();
        assertThat(schedule.runWhenDue()).isTrue();
    }

    @Test
    void health_is_down_while_it_keeps_failing() {
        scene.database.refuseWhen(() -> true);
        var schedule = schedule();
        schedule.runWhenDue();
        scene.nanos.addAndGet(Duration.ofSeconds(31).toNanos());
        schedule.runWhenDue();
        scene.database.refuseWhen(() -> false);

        assertThat(scene.pauses.progress().stalled()).get().asString().startsWith("failing for 31 s: ");

        schedule.runWhenDue();
        assertThat(scene.pauses.progress().stalled()).isEmpty();
    }

    /** It takes as long as Stripe has objects; each request is a step. */
    @Test
    void one_that_takes_long_is_none_that_hangs() {
        var progress = scene.pauses.progress();
        progress.begin();
        scene.nanos.addAndGet(Duration.ofSeconds(31).toNanos());
        assertThat(progress.stalled()).hasValue("no progress for 31 s");

        scene.pauses.pause(Duration.ZERO);

        assertThat(progress.stalled()).isEmpty();
    }

    @Test
    void it_stops_while_it_waits() {
        var schedule = schedule();
        schedule.start();

        schedule.stop();

        assertThat(schedule.isRunning()).isFalse();
    }

    private ScheduledReconciliation schedule() {
        return new ScheduledReconciliation(
                scene.reconciler(),
                new ReconciliationReports(scene.database.jdbc()),
                scene.pauses,
                new ReconcileSettings(Duration.ofDays(1), Duration.ofDays(4)),
                InstantSource.system());
    }
}
