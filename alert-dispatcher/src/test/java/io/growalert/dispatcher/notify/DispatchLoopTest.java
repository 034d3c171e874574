package io.growalert.dispatcher.notify;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.Ids;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DispatchLoopTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final Outcome DELIVERED = new Outcome.Delivered("ok");

    @TempDir
    Path folder;

    private NotifierBench bench;
    private final List<Notification> notified = new CopyOnWriteArrayList<>();

    @BeforeEach
    void openBench() {
        bench = new NotifierBench(
                folder,
                "ops: {fake: {}, concurrency: 2, timeToLive: 1h}",
                "dead: {fake: {}}",
                "slow: {fake: {timeout: 50ms}}");
        bench.scripts.put("ops", this::take);
    }

    @AfterEach
    void closeBench() {
        bench.close();
    }

    @Test
    void delivers_an_alerts_events_in_their_order() {
        bench.accept(CO2.firing(0), CO2.resolved(0), CO2.firing(1), CO2.reminder(1, 1));

        try (var _ = bench.running("one")) {
            awaitStates("delivered", 4);
        }

        assertThat(notified)
                .extracting(Notification::event)
                .containsExactly(CO2.firing(0), CO2.resolved(0), CO2.firing(1), CO2.reminder(1, 1));
    }

    @Test
    void a_repeated_event_is_not_delivered_again() {
        bench.accept(CO2.firing(0), CO2.firing(0));
        int fresh = bench.accept(CO2.firing(0));

        assertThat(fresh).isZero();
        assertThat(bench.states()).containsExactly("pending");
    }

    @Test
    void a_later_event_waits_until_the_earlier_one_is_delivered() {
        var attempts = new AtomicInteger();
        bench.scripts.put("ops", notification -> {
            if (attempts.incrementAndGet() < 4) {
                return new Outcome.Retry("busy");
            }
            return take(notification);
        });
        bench.accept(CO2.firing(0), CO2.resolved(0));

        try (var _ = bench.running("one")) {
            awaitStates("delivered", 2);
        }

        assertThat(notified).extracting(Notification::event).containsExactly(CO2.firing(0), CO2.resolved(0));
        assertThat(attempts).hasValue(5);
    }

    @Test
    void a_dead_receiver_delays_no_other_receiver() {
        var stuck = new CountDownLatch(1);
        bench.scripts.put("dead", notification -> {
            stuck.await();
            return DELIVERED;
        });
        for (int i = 0; i < 50; i++) {
            bench.accept(AlertEvents.of("monitor-" + i, "dead", "ops").firing(0));
        }

        try (var _ = bench.running("one")) {
            awaitStates("delivered", 50);
            assertThat(notified).hasSize(50);
            stuck.countDown();
        }
    }

    @Test
    void never_more_than_the_receivers_limit_are_under_way() {
        var busy = new AtomicInteger();
        var most = new AtomicInteger();
        bench.scripts.put("ops", notification -> {
            most.accumulateAndGet(busy.incrementAndGet(), Math::max);
            take(notification);
            busy.decrementAndGet();
            return DELIVERED;
        });
        for (int i = 0; i < 40; i++) {
            bench.accept(CO2.withSeries(Map.of("room", "r" + i)).firing(0));
        }

        try (var _ = bench.running("one")) {
            awaitStates("delivered", 40);
        }

        assertThat(most.get()).isBetween(1, 2);
    }

    @Test
    void two_loops_make_each_delivery_once() {
        for (int i = 0; i < 100; i++) {
            var series = CO2.withSeries(Map.of("room", "r" + i));
            bench.accept(series.firing(0), series.resolved(0));
        }

        try (var _ = bench.running("one");
                var _ = bench.running("other")) {
            awaitStates("delivered", 200);
        }

        assertThat(notified).hasSize(200).extracting(Notification::id).doesNotHaveDuplicates();
    }

    @Test
    void a_delivery_whose_holder_died_is_attempted_again_with_the_same_id_when_its_lease_expires() {
        bench.accept(CO2.firing(0));
        var lost = claimAs("dead-instance");
        assertThat(claimAs("one")).isEmpty();

        expireLeases();

        try (var _ = bench.running("one")) {
            awaitStates("delivered", 1);
        }
        assertThat(notified)
                .extracting(Notification::id)
                .containsExactly(lost.getFirst().id());
        assertThat(lost.getFirst().id()).isEqualTo(Ids.delivery(CO2.firing(0).id(), "ops"));
    }

    @Test
    void an_outcome_is_recorded_only_by_the_holder_of_the_lease() {
        bench.accept(CO2.firing(0));
        var late = claimAs("slow-instance").getFirst();
        expireLeases();
        var current = claimAs("one").getFirst();

        var recorded = bench.deliveries.record("slow-instance", List.of(rejected(late)));

        assertThat(recorded).isEmpty();
        assertThat(bench.states()).containsExactly("pending");
        assertThat(bench.deliveries.record("one", List.of(rejected(current)))).hasSize(1);
        assertThat(bench.states()).containsExactly("parked");
    }

    @Test
    void an_instance_that_restarts_claims_its_own_deliveries_at_once() {
        bench.accept(CO2.firing(0));
        claimAs("instance:first-run");

        assertThat(bench.deliveries.release("instance:")).isEqualTo(1);

        assertThat(claimAs("instance:second-run")).hasSize(1);
    }

    @Test
    void what_is_not_delivered_within_its_time_to_live_is_parked_with_the_reason() {
        bench.scripts.put("ops", notification -> new Outcome.Retry("HTTP 503"));
        bench.accept(CO2.firing(0));
        bench.jdbc
                .sql("update dispatcher.deliveries set live_from = now() - interval '61 minutes'")
                .update();

        try (var _ = bench.running("one")) {
            awaitStates("parked", 1);
        }

        assertThat(bench.detail(Ids.delivery(CO2.firing(0).id(), "ops")))
                .contains("time to live")
                .contains("HTTP 503");
    }

    @Test
    void a_requested_delay_is_limited_by_the_time_to_live() {
        bench.accept(CO2.firing(0));
        var claim = claimAs("one").getFirst();
        var outcome = new Outcome.Retry("HTTP 429", Optional.of(Duration.ofDays(300)));

        bench.deliveries.record(
                "one",
                List.of(Verdict.of(claim, outcome, Duration.ofMinutes(5), Backoff.standard(new java.util.Random(1)))));

        assertThat(bench.jdbc
                        .sql("select due_at = live_from + interval '5 minutes' from dispatcher.deliveries")
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    @Test
    void a_requested_delay_is_limited_to_ten_minutes() {
        bench.accept(CO2.firing(0));
        var claim = claimAs("one").getFirst();
        var outcome = new Outcome.Retry("HTTP 429", Optional.of(Duration.ofHours(1)));

        var verdict = Verdict.of(claim, outcome, Duration.ofHours(24), Backoff.standard(new java.util.Random(1)));

        assertThat(verdict.delay()).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void a_parked_delivery_does_not_hold_back_the_later_ones() {
        bench.scripts.put(
                "ops",
                notification -> notification.event().equals(CO2.firing(0))
                        ? new Outcome.Rejected("HTTP 410")
                        : take(notification));
        bench.accept(CO2.firing(0), CO2.resolved(0));

        try (var _ = bench.running("one")) {
            awaitStates("delivered", 1);
        }

        assertThat(bench.states()).containsExactly("parked", "delivered");
    }

    @Test
    void a_receiver_that_stays_undefined_for_a_while_parks_its_deliveries_with_that_reason() {
        bench.accept(AlertEvents.of("room-co2", "unknown").firing(0));
        var upkeep = bench.upkeep();

        upkeep.tidy();
        bench.pass(Duration.ofSeconds(59));
        upkeep.tidy();
        assertThat(bench.states()).containsExactly("pending");

        bench.pass(Duration.ofSeconds(1));
        upkeep.tidy();
        assertThat(bench.states()).containsExactly("parked");
        assertThat(bench.detail(Ids.delivery(CO2.firing(0).id(), "unknown"))).contains("no receiver of this name");
        assertThat(bench.meters
                        .get("growalert.deliveries")
                        .tags("receiver", "unknown", "outcome", "parked")
                        .counter()
                        .count())
                .isOne();
    }

    @Test
    void a_receiver_that_another_live_instance_knows_is_not_parked_by_one_with_an_older_file() {
        bench.accept(AlertEvents.of("room-co2", "new").firing(0));
        var newer = bench.upkeep("newer", bench.otherReceivers("new: {fake: {}}"));
        var older = bench.upkeep("older", bench.receivers);

        for (int round = 0; round < 3; round++) {
            newer.tidy();
            older.tidy();
            bench.pass(Duration.ofMinutes(2));
        }

        assertThat(bench.states()).containsExactly("pending");
    }

    @Test
    void a_receiver_that_only_a_dead_instance_knew_is_parked_after_the_grace() {
        bench.accept(AlertEvents.of("room-co2", "new").firing(0));
        bench.upkeep("newer", bench.otherReceivers("new: {fake: {}}")).tidy();
        bench.jdbc
                .sql("update dispatcher.instances set live_until = now() where id = 'newer'")
                .update();
        var older = bench.upkeep("older", bench.receivers);

        older.tidy();
        assertThat(bench.states()).containsExactly("pending");
        bench.pass(UnknownReceivers.GRACE);
        older.tidy();

        assertThat(bench.states()).containsExactly("parked");
    }

    @Test
    void the_grace_starts_again_after_a_time_in_which_no_instance_checked() {
        bench.accept(AlertEvents.of("room-co2", "late").firing(0));
        bench.upkeep().tidy();
        bench.pass(Duration.ofHours(1));
        var restarted = bench.upkeep();

        restarted.tidy();
        assertThat(bench.states()).containsExactly("pending");
        bench.pass(UnknownReceivers.GRACE);
        restarted.tidy();

        assertThat(bench.states()).containsExactly("parked");
    }

    @Test
    void a_receiver_that_is_defined_within_the_grace_gets_its_deliveries() {
        bench.accept(AlertEvents.of("room-co2", "late").firing(0));
        var upkeep = bench.upkeep();
        upkeep.tidy();

        bench.define("ops: {fake: {}}", "late: {fake: {}}");
        bench.pass(Duration.ofHours(1));
        upkeep.tidy();

        assertThat(bench.states()).containsExactly("pending");
    }

    @Test
    void a_receiver_that_is_removed_while_its_delivery_is_claimed_parks_nothing() {
        bench.accept(CO2.firing(0));
        var loop = bench.loop("one");
        bench.database.refuseWhen(() -> {
            bench.define("slow: {fake: {}}");
            return false;
        });
        assertThat(loop.round()).isEqualTo(1);

        await().atMost(20, SECONDS).until(() -> {
            loop.round();
            return detailOf(CO2).contains("no longer defined");
        });

        assertThat(bench.states()).containsExactly("pending");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -3_600})
    void a_requested_delay_of_zero_does_not_shorten_the_backoff(long seconds) {
        bench.accept(CO2.firing(0));
        var claim = claimAs("one").getFirst();
        var outcome = new Outcome.Retry("HTTP 429", Optional.of(Duration.ofSeconds(seconds)));
        var backoff = new Backoff(Duration.ofHours(1), Duration.ofHours(1), new java.util.Random(1));

        var verdict = Verdict.of(claim, outcome, Duration.ofHours(1), backoff);

        assertThat(verdict.delay()).isPositive();
    }

    @Test
    void a_handler_that_times_out_is_interrupted_and_retried() {
        var interrupted = new CountDownLatch(1);
        bench.scripts.put("slow", notification -> {
            if (interrupted.getCount() == 0) {
                return take(notification);
            }
            try {
                new CountDownLatch(1).await();
                throw new IllegalStateException("nothing opens this latch");
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        bench.accept(AlertEvents.of("room-co2", "slow").firing(0));

        try (var _ = bench.running("one")) {
            awaitStates("delivered", 1);
        }

        assertThat(notified).hasSize(1);
    }

    @Test
    void a_handler_that_throws_is_retried() {
        var attempts = new AtomicInteger();
        bench.scripts.put("ops", notification -> {
            if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("internal error");
            }
            return take(notification);
        });
        bench.accept(CO2.firing(0));

        try (var _ = bench.running("one")) {
            awaitStates("delivered", 1);
        }

        assertThat(attempts).hasValue(2);
    }

    @Test
    void a_stop_lets_running_handlers_finish_and_records_them() {
        var started = new CountDownLatch(1);
        var finish = new CountDownLatch(1);
        bench.scripts.put("ops", notification -> {
            started.countDown();
            finish.await();
            return take(notification);
        });
        bench.accept(CO2.firing(0));

        try (var loop = bench.running("one")) {
            await().atMost(20, SECONDS).until(() -> started.getCount() == 0);
            loop.dispatch().loop().stop();
            finish.countDown();
        }

        assertThat(bench.states()).containsExactly("delivered");
    }

    @Test
    void a_stop_releases_the_leases_of_handlers_that_do_not_finish() {
        var started = new CountDownLatch(1);
        bench.scripts.put("ops", notification -> {
            started.countDown();
            new CountDownLatch(1).await();
            return DELIVERED;
        });
        bench.accept(CO2.firing(0));

        try (var loop = bench.running("one")) {
            await().atMost(20, SECONDS).until(() -> started.getCount() == 0);
            loop.dispatch().loop().stop();
            loop.dispatch().settle(Duration.ZERO);
        }

        assertThat(claimAs("other")).hasSize(1);
    }

    @Test
    void an_error_within_an_attempt_releases_its_permit_and_is_retried() {
        var failed = new AtomicInteger();
        bench.scripts.put("dead", notification -> {
            if (failed.get() == 0) {
                return new Outcome.Retry("busy");
            }
            return take(notification);
        });
        var backoff = new Backoff(Duration.ofMillis(2), Duration.ofMillis(20), () -> {
            failed.incrementAndGet();
            throw new StackOverflowError("internal error");
        });
        for (int i = 0; i < 5; i++) {
            bench.accept(AlertEvents.of("monitor-" + i, "dead").firing(0));
        }

        try (var _ = bench.running(bench.loop("one", backoff))) {
            awaitStates("delivered", 5);
        }

        assertThat(failed.get()).isPositive();
    }

    @Test
    void an_error_in_a_round_does_not_end_the_loop() {
        bench.accept(CO2.firing(0), CO2.resolved(0));
        var failed = new AtomicBoolean();
        bench.meters.config().onMeterAdded(meter -> {
            if (Thread.currentThread().getName().equals("notifier-dispatch") && failed.compareAndSet(false, true)) {
                throw new StackOverflowError("internal error");
            }
        });

        try (var _ = bench.running("one")) {
            awaitStates("delivered", 2);
        }

        assertThat(failed).isTrue();
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void an_interrupt_ends_the_grace_and_the_leases_are_still_released() {
        var started = new CountDownLatch(1);
        bench.scripts.put("dead", notification -> {
            started.countDown();
            new CountDownLatch(1).await();
            return DELIVERED;
        });
        bench.accept(AlertEvents.of("room-co2", "dead").firing(0));
        var loop = bench.loop("one");
        assertThat(loop.round()).isEqualTo(1);
        await().atMost(20, SECONDS).until(() -> started.getCount() == 0);

        Thread.currentThread().interrupt();
        loop.settle(Duration.ofDays(1));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(bench.deliveries.claim("other", List.of(bench.room("dead")))).hasSize(1);
    }

    private String detailOf(AlertEvents events) {
        return bench.jdbc
                .sql("select coalesce(detail, '') from dispatcher.deliveries where id = :id")
                .param("id", Ids.delivery(events.firing(0).id(), "ops"))
                .query(String.class)
                .single();
    }

    private Outcome take(Notification notification) {
        notified.add(notification);
        return DELIVERED;
    }

    private List<Deliveries.Claim> claimAs(String owner) {
        var room = bench.room("ops");
        return bench.deliveries.claim(owner, List.of(room));
    }

    private void expireLeases() {
        bench.jdbc
                .sql("update dispatcher.deliveries set due_at = now() where lease_owner is not null")
                .update();
    }

    private static Verdict rejected(Deliveries.Claim claim) {
        return Verdict.of(
                claim, new Outcome.Rejected("no"), Duration.ofHours(1), Backoff.standard(new java.util.Random(1)));
    }

    private void awaitStates(String state, int number) {
        await().atMost(20, SECONDS).until(() -> bench.count(state) == number);
    }
}
