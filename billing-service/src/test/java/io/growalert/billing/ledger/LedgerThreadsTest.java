package io.growalert.billing.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.runtime.loop.Progress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

class LedgerThreadsTest {
    private final long yesterday = Instant.now().getEpochSecond() - 86_400;

    private final FakeStripe stripe = new FakeStripe();
    private final Bench bench = new Bench(stripe);
    private final LedgerThreads threads = new LedgerThreads(
            List.of(bench.loop),
            bench.fetcher,
            new Retention(bench.jdbc, Clock.systemUTC(), Duration.ofDays(90), 100),
            bench.metrics,
            bench.jdbc,
            bench.progress("ledger-upkeep"));
    private final LedgerHealth health = new LedgerHealth(threads, bench.jdbc);

    @AfterEach
    void close() {
        threads.stop();
        bench.close();
        stripe.close();
    }

    @Test
    void what_is_stored_is_applied_while_they_run_and_kept_while_they_do_not() {
        new Story(stripe, 1, yesterday).tell(false);
        threads.start();
        assertThat(threads.isRunning()).isTrue();
        assertThat(threads.dead()).isEmpty();

        bench.store(stripe.events());
        bench.awaitAllDone();
        threads.stop();

        assertThat(threads.isRunning()).isFalse();
        bench.assertThatTheOutboxTellsTheRecords();
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
    void they_go_on_when_the_database_is_back() {
        bench.database.refuseWhen(() -> true);
        threads.start();
        bench.database.refuseWhen(() -> false);
        new Story(stripe, 1, yesterday).subscribes();

        bench.store(stripe.events());

        bench.awaitAllDone();
    }

    @Test
    void health_is_down_with_the_reason_of_each_loop_that_keeps_failing() {
        bench.database.refuseWhen(() -> true);
        threads.start();
        await().until(() -> threads.loops().stream().allMatch(Progress::isFailing));

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
    void health_says_how_much_is_late_or_given_up() {
        bench.store(stripe.tell("customer.created", yesterday, "{'id': 'cus_1', 'object': 'customer'}"));
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);

        due("2 minutes");
        assertThat(health.health().getStatus()).isEqualTo(LedgerHealth.DEGRADED);
        assertThat(health.health().getDetails()).containsEntry("waiting", 1L).containsEntry("overdueSeconds", 120L);

        due("11 minutes");
        assertThat(health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);

        bench.jdbc.sql("update billing.stripe_events set state = 'parked'").update();
        assertThat(health.health().getStatus()).isEqualTo(LedgerHealth.DEGRADED);
        assertThat(health.health().getDetails()).containsEntry("parked", 1L);
    }

    private void due(String ago) {
        bench.jdbc
                .sql("update billing.stripe_events set due_at = clock_timestamp() - interval '%s'".formatted(ago))
                .update();
    }

    @Test
    void events_are_deleted_in_small_steps_when_they_were_applied_long_ago() {
        new Story(stripe, 1, yesterday).subscribes();
        bench.store(stripe.events());
        bench.settle();
        var now = Instant.now();
        var retention = new Retention(bench.jdbc, InstantSource.fixed(now), Duration.ofDays(90), 4);
        assertThat(retention.deleteDue()).isZero();

        bench.jdbc.sql("""
                        update billing.stripe_events set done_at = clock_timestamp() - interval '91 days'
                        where id in (select id from billing.stripe_events limit 6)
                        """).update();
        retention = new Retention(bench.jdbc, InstantSource.fixed(now), Duration.ofDays(90), 4);

        assertThat(retention.deleteDue()).isEqualTo(4);
        assertThat(retention.deleteDue()).isEqualTo(2);
        assertThat(retention.deleteDue()).as("before the next hour").isZero();
        assertThat(bench.count("select count(*) from billing.stripe_events"))
                .isEqualTo(stripe.events().size() - 6);
        assertThat(bench.count("select count(*) from billing.invoices")).isOne();
    }

    @Test
    void the_backlog_is_measured() {
        bench.store(stripe.tell("customer.created", yesterday, "{'id': 'cus_1', 'object': 'customer'}"));

        bench.metrics.backlog(Backlog.count(bench.jdbc));

        assertThat(bench.meters.get("growalert.ledger.waiting").gauge().value()).isOne();
        assertThat(bench.meters.get("growalert.ledger.overdue").gauge().value()).isNotNegative();
    }
}
