package io.growalert.billing.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.webhook.EventBacklog;
import io.growalert.runtime.loop.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

class ApplyWorkersTest {
    private final long yesterday = Instant.now().getEpochSecond() - 86_400;

    private final FakeStripe stripe = new FakeStripe();
    private final Bench bench = new Bench(stripe);
    private final ApplyWorkers workers = bench.workers();
    private final ApplyHealth health = new ApplyHealth(workers.loops(), bench.jdbc);

    @AfterEach
    void close() {
        workers.stop();
        bench.close();
        stripe.close();
    }

    @Test
    void stored_events_are_applied_while_the_workers_run() {
        new Story(stripe, 1, yesterday).emitAll(false);
        workers.start();
        assertThat(workers.isRunning()).isTrue();

        bench.store(stripe.events());
        bench.awaitAllDone();
        workers.stop();

        assertThat(workers.isRunning()).isFalse();
        bench.assertThatTheOutboxMatchesTheRecords();
        assertThat(bench.meters
                        .get("growalert.ledger.events")
                        .tag("outcome", "applied")
                        .counter()
                        .count())
                .isBetween(10.0, 40.0);
        assertThat(bench.meters.get("growalert.ledger.lag").timer().count())
                .isEqualTo(stripe.events().size());
    }

    @Test
    void the_workers_resume_when_the_database_recovers() {
        bench.database.refuseWhen(() -> true);
        workers.start();
        bench.database.refuseWhen(() -> false);
        new Story(stripe, 1, yesterday).subscribes();

        bench.store(stripe.events());

        bench.awaitAllDone();
    }

    @Test
    void health_is_down_with_the_reason_of_each_loop_that_keeps_failing() {
        bench.database.refuseWhen(() -> true);
        workers.start();
        await().until(() -> workers.loops().stream().allMatch(Progress::isFailing));

        bench.nanos.addAndGet(Duration.ofSeconds(31).toNanos());

        assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.health().getDetails())
                .containsOnlyKeys("ledger-0", "ledger-fetcher", "ledger-upkeep")
                .allSatisfy((_, reason) -> assertThat(reason).asString().startsWith("failing for 31 s: "));

        bench.database.refuseWhen(() -> false);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(health.health().getStatus()).isEqualTo(Status.UP));
    }

    @Test
    void health_shows_overdue_and_parked_events() {
        bench.store(stripe.emit("customer.created", yesterday, "{'id': 'cus_1', 'object': 'customer'}"));
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);

        due("2 minutes");
        assertThat(health.health().getStatus()).isEqualTo(ApplyHealth.DEGRADED);
        assertThat(health.health().getDetails()).containsEntry("waiting", 1L).containsEntry("overdueSeconds", 120L);

        due("11 minutes");
        assertThat(health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);

        bench.jdbc.sql("update billing.stripe_events set state = 'parked'").update();
        assertThat(health.health().getStatus()).isEqualTo(ApplyHealth.DEGRADED);
        assertThat(health.health().getDetails()).containsEntry("parked", 1L);
    }

    private void due(String ago) {
        bench.jdbc
                .sql("update billing.stripe_events set due_at = clock_timestamp() - interval '%s'".formatted(ago))
                .update();
    }

    @Test
    void events_past_retention_are_deleted_in_small_steps() {
        new Story(stripe, 1, yesterday).subscribes();
        bench.store(stripe.events());
        bench.settle();
        var now = Instant.now();
        var retention = bench.retention(InstantSource.fixed(now), 4);
        assertThat(retention.task().every()).isEqualTo(Duration.ofHours(1));
        assertThat(retention.deleteStep()).isZero();

        bench.jdbc.sql("""
                        update billing.stripe_events set done_at = clock_timestamp() - interval '91 days'
                        where id in (select id from billing.stripe_events limit 6)
                        """).update();
        retention = bench.retention(InstantSource.fixed(now), 4);

        assertThat(retention.deleteStep()).isEqualTo(4);
        assertThat(retention.deleteStep()).isEqualTo(2);
        assertThat(retention.deleteStep()).as("nothing is left past retention").isZero();
        assertThat(bench.count("select count(*) from billing.stripe_events"))
                .isEqualTo(stripe.events().size() - 6);
        assertThat(bench.count("select count(*) from billing.invoices")).isOne();
    }

    @Test
    void the_backlog_is_in_the_metrics() {
        bench.store(stripe.emit("customer.created", yesterday, "{'id': 'cus_1', 'object': 'customer'}"));

        bench.metrics.backlog(EventBacklog.count(bench.jdbc), 0);

        assertThat(bench.meters.get("growalert.ledger.waiting").gauge().value()).isOne();
        assertThat(bench.meters.get("growalert.ledger.overdue").gauge().value()).isNotNegative();
    }
}
