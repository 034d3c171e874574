package io.growalert.dispatcher.notify;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.Events;
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
    private static final Events CO2 = Events.of("room-co2", "ops");
    private static final Outcome DELIVERED = new Outcome.Delivered("ok");

    @TempDir
    Path folder;

    private Bench bench;
    private final List<Notification> told = new CopyOnWriteArrayList<>();

    @BeforeEach
    void openBench() {
        bench = new Bench(
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
    void tellsAnAlertsEventsInTheirOrder() {
        bench.accept(CO2.firing(0), CO2.resolved(0), CO2.firing(1), CO2.reminder(1, 1));

        try (var _ = bench.running("one")) {
            awaitStates("delivered", 4);
        }

        assertThat(told)
                .extracting(Notification::event)
                .containsExactly(CO2.firing(0), CO2.resolved(0), CO2.firing(1), CO2.reminder(1, 1));
    }

    @Test
    void anEventThatArrivesAgainIsNotToldAgain() {
        bench.accept(CO2.firing(0), CO2.firing(0));
        int fresh = bench.accept(CO2.firing(0));

        assertThat(fresh).isZero();
        assertThat(bench.states()).containsExactly("pending");
    }

    @Test
    void aLaterEventWaitsUntilTheEarlierIsTold() {
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

        assertThat(told).extracting(Notification::event).containsExactly(CO2.firing(0), CO2.resolved(0));
        assertThat(attempts).hasValue(5);
    }

    @Test
    void aDeadReceiverDelaysNobodyElse() {
        var stuck = new CountDownLatch(1);
        bench.scripts.put("dead", notification -> {
            stuck.await();
            return DELIVERED;
        });
        for (int i = 0; i < 50; i++) {
            bench.accept(Events.of("monitor-" + i, "dead", "ops").firing(0));
        }

        try (var _ = bench.running("one")) {
            awaitStates("delivered", 50);
            assertThat(told).hasSize(50);
            stuck.countDown();
        }
    }

    @Test
    void neverMoreThanTheReceiversLimitAreUnderWay() {
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
    void twoLoopsTellEachDeliveryOnce() {
        for (int i = 0; i < 100; i++) {
            var series = CO2.withSeries(Map.of("room", "r" + i));
            bench.accept(series.firing(0), series.resolved(0));
        }

        try (var _ = bench.running("one");
                var _ = bench.running("other")) {
            awaitStates("delivered", 200);
        }

        assertThat(told).hasSize(200).extracting(Notification::id).doesNotHaveDuplicates();
    }

    @Test
    void aDeliveryWhoseHolderDiedIsMadeAgainWithTheSameIdWhenItsLeaseEnds() {
        bench.accept(CO2.firing(0));
        var lost = claimAs("dead-instance");
        assertThat(claimAs("one")).isEmpty();

        expireLeases();

        try (var _ = bench.running("one")) {
            awaitStates("delivered", 1);
        }
        assertThat(told)
                .extracting(Notification::id)
                .containsExactly(lost.getFirst().id());
        assertThat(lost.getFirst().id()).isEqualTo(Ids.delivery(CO2.firing(0).id(), "ops"));
    }

    @Test
    void anOutcomeIsRecordedOnlyByTheHolderOfTheLease() {
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
    void anInstanceThatComesBackTakesUpItsOwnLeasesAtOnce() {
        bench.accept(CO2.firing(0));
        claimAs("instance:first-life");

        assertThat(bench.deliveries.release("instance:")).isEqualTo(1);

        assertThat(claimAs("instance:second-life")).hasSize(1);
    }

    @Test
    void whatIsNotDeliveredWithinItsTimeToLiveIsParkedWithTheReason() {
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
    void aPauseThatTheReceiverAsksForIsCutAtTheTimeToLive() {
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
    void aPauseThatTheReceiverAsksForIsTenMinutesAtMost() {
        bench.accept(CO2.firing(0));
        var claim = claimAs("one").getFirst();
        var outcome = new Outcome.Retry("HTTP 429", Optional.of(Duration.ofHours(1)));

        var verdict = Verdict.of(claim, outcome, Duration.ofHours(24), Backoff.standard(new java.util.Random(1)));

        assertThat(verdict.delay()).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void aParkedDeliveryDoesNotHoldBackTheLaterOnes() {
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
    void aReceiverThatStaysUndefinedForAWhileParksItsDeliveriesWithThatReason() {
        bench.accept(Events.of("room-co2", "nobody").firing(0));
        var upkeep = bench.upkeep();

        upkeep.tidy();
        bench.pass(Duration.ofSeconds(59));
        upkeep.tidy();
        assertThat(bench.states()).containsExactly("pending");

        bench.pass(Duration.ofSeconds(1));
        upkeep.tidy();
        assertThat(bench.states()).containsExactly("parked");
        assertThat(bench.detail(Ids.delivery(CO2.firing(0).id(), "nobody"))).contains("no receiver of this name");
        assertThat(bench.meters
                        .get("growalert.deliveries")
                        .tags("receiver", "nobody", "outcome", "parked")
                        .counter()
                        .count())
                .isOne();
    }

    @Test
    void aReceiverThatAnotherLiveInstanceKnowsIsNotParkedByOneWithAnOlderFile() {
        bench.accept(Events.of("room-co2", "new").firing(0));
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
    void aReceiverThatOnlyADeadInstanceKnewIsParkedAfterTheGrace() {
        bench.accept(Events.of("room-co2", "new").firing(0));
        bench.upkeep("newer", bench.otherReceivers("new: {fake: {}}")).tidy();
        bench.jdbc
                .sql("update dispatcher.instances set live_until = now() where id = 'newer'")
                .update();
        var older = bench.upkeep("older", bench.receivers);

        older.tidy();
        assertThat(bench.states()).containsExactly("pending");
        bench.pass(Upkeep.GRACE);
        older.tidy();

        assertThat(bench.states()).containsExactly("parked");
    }

    @Test
    void aReceiverThatIsDefinedInTimeGetsWhatWaited() {
        bench.accept(Events.of("room-co2", "late").firing(0));
        var upkeep = bench.upkeep();
        upkeep.tidy();

        bench.define("ops: {fake: {}}", "late: {fake: {}}");
        bench.pass(Duration.ofHours(1));
        upkeep.tidy();

        assertThat(bench.states()).containsExactly("pending");
    }

    @Test
    void aReceiverThatGoesWhileItsDeliveryIsClaimedParksNothing() {
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
    void aReceiverThatAsksForNoPauseIsNotAskedInALoop(long seconds) {
        bench.accept(CO2.firing(0));
        var claim = claimAs("one").getFirst();
        var outcome = new Outcome.Retry("HTTP 429", Optional.of(Duration.ofSeconds(seconds)));
        var backoff = new Backoff(Duration.ofHours(1), Duration.ofHours(1), new java.util.Random(1));

        var verdict = Verdict.of(claim, outcome, Duration.ofHours(1), backoff);

        assertThat(verdict.delay()).isPositive();
    }

    @Test
    void aHandlerThatTakesTooLongIsInterruptedAndTriedAgain() {
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
        bench.accept(Events.of("room-co2", "slow").firing(0));

        try (var _ = bench.running("one")) {
            awaitStates("delivered", 1);
        }

        assertThat(told).hasSize(1);
    }

    @Test
    void aHandlerThatThrowsIsTriedAgain() {
        var attempts = new AtomicInteger();
        bench.scripts.put("ops", notification -> {
            if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("a fault");
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
    void aStopLetsRunningHandlersFinishAndRecordsThem() {
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
            loop.loop().stop();
            finish.countDown();
        }

        assertThat(bench.states()).containsExactly("delivered");
    }

    @Test
    void aStopGivesBackWhatDoesNotFinish() {
        var started = new CountDownLatch(1);
        bench.scripts.put("ops", notification -> {
            started.countDown();
            new CountDownLatch(1).await();
            return DELIVERED;
        });
        bench.accept(CO2.firing(0));

        try (var loop = bench.running("one")) {
            await().atMost(20, SECONDS).until(() -> started.getCount() == 0);
            loop.loop().stop();
            loop.loop().settle(Duration.ZERO);
        }

        assertThat(claimAs("other")).hasSize(1);
    }

    @Test
    void anErrorWithinAnAttemptGivesItsPlaceBackAndIsTriedAgain() {
        var failed = new AtomicInteger();
        bench.scripts.put("dead", notification -> {
            if (failed.get() == 0) {
                return new Outcome.Retry("busy");
            }
            return take(notification);
        });
        var backoff = new Backoff(Duration.ofMillis(2), Duration.ofMillis(20), () -> {
            failed.incrementAndGet();
            throw new StackOverflowError("a fault");
        });
        for (int i = 0; i < 5; i++) {
            bench.accept(Events.of("monitor-" + i, "dead").firing(0));
        }

        try (var _ = bench.running(bench.loop("one", backoff))) {
            awaitStates("delivered", 5);
        }

        assertThat(failed.get()).isPositive();
    }

    @Test
    void anErrorInARoundIsNotTheEndOfTheLoop() {
        bench.accept(CO2.firing(0), CO2.resolved(0));
        var failed = new AtomicBoolean();
        bench.meters.config().onMeterAdded(meter -> {
            if (Thread.currentThread().getName().equals("loop") && failed.compareAndSet(false, true)) {
                throw new StackOverflowError("a fault");
            }
        });

        try (var _ = bench.running("one")) {
            awaitStates("delivered", 2);
        }

        assertThat(failed).isTrue();
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void anInterruptEndsTheGraceAndTheLeasesAreStillGivenBack() {
        var started = new CountDownLatch(1);
        bench.scripts.put("dead", notification -> {
            started.countDown();
            new CountDownLatch(1).await();
            return DELIVERED;
        });
        bench.accept(Events.of("room-co2", "dead").firing(0));
        var loop = bench.loop("one");
        assertThat(loop.round()).isEqualTo(1);
        await().atMost(20, SECONDS).until(() -> started.getCount() == 0);

        Thread.currentThread().interrupt();
        loop.settle(Duration.ofDays(1));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(bench.deliveries.claim("other", List.of(bench.room("dead")))).hasSize(1);
    }

    private String detailOf(Events events) {
        return bench.jdbc
                .sql("select coalesce(detail, '') from dispatcher.deliveries where id = :id")
                .param("id", Ids.delivery(events.firing(0).id(), "ops"))
                .query(String.class)
                .single();
    }

    private Outcome take(Notification notification) {
        told.add(notification);
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
