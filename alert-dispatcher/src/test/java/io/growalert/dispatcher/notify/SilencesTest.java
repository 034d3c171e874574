package io.growalert.dispatcher.notify;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.silence.Silence;
import io.growalert.dispatcher.silence.Silences.Change;
import io.growalert.evaluation.match.Matcher;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SilencesTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Instant ONE = NOON.plus(Duration.ofHours(1));
    private static final Instant TWO = NOON.plus(Duration.ofHours(2));
    private static final Outcome DELIVERED = new Outcome.Delivered("ok");
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final AlertEvents GARAGE = CO2.withSeries(Map.of("room", "garage"));

    @TempDir
    Path folder;

    private NotifierBench bench;

    @BeforeEach
    void openBench() {
        bench = new NotifierBench(folder, "ops: {fake: {}}", "night: {fake: {}}");
        bench.now.set(NOON);
    }

    @AfterEach
    void closeBench() {
        bench.close();
    }

    @Test
    void what_starts_inside_and_outlives_a_silence_is_notified_at_its_end() {
        var silence = silence(ONE, "site=north", "room=~off.*");

        bench.accept(CO2.firing(0), GARAGE.firing(0));

        assertThat(bench.states()).containsExactly("held", "pending");
        assertThat(bench.silences.held(silence.id())).isOne();
        at(ONE.minusMillis(1));
        assertThat(bench.states()).containsExactly("held", "pending");
        at(ONE);
        assertThat(bench.states()).containsExactly("pending", "pending");
        assertThat(bench.silences.held(silence.id())).isZero();
        assertThat(claimed()).hasSize(2);
    }

    @Test
    void what_starts_and_ends_inside_is_not_notified() {
        silence(ONE, "room=office");

        bench.accept(CO2.firing(0));
        bench.accept(CO2.reminder(0, 1));
        bench.accept(CO2.resolved(0));

        at(ONE);
        assertThat(bench.states()).containsExactly("muted", "muted", "muted");
    }

    @Test
    void what_was_notified_before_and_resolves_inside_is_reported_resolved_at_the_end() {
        bench.accept(CO2.firing(0));
        bench.finish("ops", DELIVERED);
        silence(ONE, "room=office");

        bench.accept(CO2.reminder(0, 1), CO2.resolved(0));

        assertThat(bench.states()).containsExactly("delivered", "muted", "held");
        at(ONE);
        assertThat(claimed()).singleElement().satisfies(claim -> assertThat(claim.body())
                .contains("\"resolved\""));
    }

    @Test
    void a_resolution_that_the_silence_does_not_match_is_dropped_with_the_firing_that_it_holds() {
        silence(ONE, "status=FAILED");

        bench.accept(CO2.firing(0));
        bench.accept(CO2.resolved(0));

        assertThat(bench.states()).containsExactly("muted", "muted");
    }

    @Test
    void a_scheduled_silence_holds_what_is_queued_at_its_start() {
        var silence = bench.silences.create(terms(ONE, TWO, "room=office"), "operator");
        bench.accept(CO2.firing(0), GARAGE.firing(0));
        assertThat(bench.states()).containsExactly("pending", "pending");
        assertThat(silence.state(NOON)).isEqualTo(Silence.State.PENDING);

        at(ONE);

        assertThat(bench.states()).containsExactly("held", "pending");
        at(TWO);
        assertThat(bench.states()).containsExactly("pending", "pending");
        assertThat(bench.silences.find(silence.id()).orElseThrow().state(TWO)).isEqualTo(Silence.State.ENDED);
    }

    @Test
    void a_scheduled_silence_holds_arrivals_from_its_start_on_even_before_housekeeping_ran() {
        bench.silences.create(terms(ONE, TWO, "room=office"), "operator");
        bench.now.set(ONE);

        bench.accept(CO2.firing(0));

        assertThat(bench.states()).containsExactly("held");
    }

    @Test
    void a_silence_whose_whole_time_passed_while_no_instance_ran_holds_nothing() {
        var silence = bench.silences.create(terms(ONE, TWO, "room=office"), "operator");
        bench.accept(CO2.firing(0));

        at(TWO.plusSeconds(1));

        assertThat(bench.states()).containsExactly("pending");
        assertThat(bench.silences.find(silence.id()).orElseThrow().endedAt()).isNotNull();
    }

    @Test
    void an_early_end_releases_at_once_and_is_final() {
        var silence = silence(ONE, "room=office");
        bench.accept(CO2.firing(0));

        assertThat(bench.silences.end(silence.id())).isPresent();

        assertThat(bench.states()).containsExactly("pending");
        assertThat(bench.silences.end(silence.id())).isEmpty();
        assertThat(bench.silences.end("nothing")).isEmpty();
        assertThat(bench.silences.change(silence.id(), terms(null, TWO, "room=office")))
                .isEqualTo(new Change.Ended());
        bench.accept(CO2.resolved(0));
        assertThat(bench.states()).containsExactly("pending", "pending");
    }

    @Test
    void an_edit_keeps_what_still_matches_releases_the_rest_and_holds_what_matches_now() {
        var silence = silence(ONE, "room=~office|lab");
        var lab = CO2.withSeries(Map.of("room", "lab"));
        bench.accept(CO2.firing(0), lab.firing(0), GARAGE.firing(0));
        assertThat(bench.states()).containsExactly("held", "held", "pending");

        var changed = bench.silences.change(silence.id(), terms(null, TWO, "room=~office|garage"));

        assertThat(changed).isInstanceOfSatisfying(Change.Changed.class, change -> {
            assertThat(change.after().startsAt()).isEqualTo(NOON);
            assertThat(change.after().endsAt()).isEqualTo(TWO);
        });
        assertThat(bench.states()).containsExactly("held", "pending", "held");
        // the office's has been on hold since it arrived, the garage's was queued before
        bench.accept(CO2.resolved(0), GARAGE.resolved(0));
        assertThat(bench.states()).containsExactly("muted", "pending", "held", "muted", "held");
        at(ONE);
        assertThat(bench.count("held")).isEqualTo(2);
        at(TWO);
        assertThat(bench.count("held")).isZero();
    }

    @Test
    void an_edit_can_postpone_a_silence() {
        var silence = silence(ONE, "room=office");
        bench.accept(CO2.firing(0));

        bench.silences.change(silence.id(), terms(ONE, TWO, "room=office"));

        assertThat(bench.states()).containsExactly("pending");
        at(ONE);
        assertThat(bench.states()).containsExactly("held");
    }

    @Test
    void the_longer_one_of_two_overlapping_silences_releases() {
        var first = silence(ONE, "room=office");
        var second = silence(TWO, "site=north");

        bench.accept(CO2.firing(0));

        assertThat(bench.silences.held()).containsOnly(Map.entry(first.id(), 1L), Map.entry(second.id(), 1L));
        at(ONE);
        assertThat(bench.states()).containsExactly("held");
        bench.accept(CO2.resolved(0));
        assertThat(bench.states()).containsExactly("muted", "muted");
        bench.accept(GARAGE.firing(0));
        at(TWO);
        assertThat(bench.states()).containsExactly("muted", "muted", "pending");
    }

    @Test
    void what_is_released_and_held_again_counts_as_started_before_the_second_silence() {
        silence(ONE, "room=office");
        bench.accept(CO2.firing(0));
        at(ONE);
        silence(TWO, "room=office");
        assertThat(bench.states()).containsExactly("held");

        bench.accept(CO2.resolved(0));

        assertThat(bench.states()).containsExactly("held", "held");
    }

    @Test
    void what_is_in_flight_when_a_silence_begins_is_held_only_if_it_fails() {
        var both = AlertEvents.of("room-co2", "ops", "night");
        bench.accept(both.firing(0));
        var failing = bench.deliveries.claim("me", List.of(bench.room("night")));
        var working = bench.deliveries.claim("me", List.of(bench.room("ops")));

        var silence = silence(ONE, "room=office");

        assertThat(bench.states()).containsExactly("pending", "pending");
        bench.finish(failing, new Outcome.Retry("HTTP 503"));
        bench.finish(working, DELIVERED);
        assertThat(bench.states()).containsExactly("held", "delivered");
        assertThat(bench.silences.held(silence.id())).isOne();
        at(ONE);
        assertThat(bench.states()).containsExactly("pending", "delivered");
    }

    @Test
    void what_was_in_flight_is_retried_when_the_silence_ends_before_it_fails() {
        bench.accept(CO2.firing(0));
        var claims = bench.deliveries.claim("me", List.of(bench.room("ops")));
        var silence = silence(ONE, "room=office");

        bench.silences.end(silence.id());
        bench.finish(claims, new Outcome.Retry("HTTP 503"));

        assertThat(bench.states()).containsExactly("pending");
    }

    @Test
    void what_was_in_flight_is_held_when_its_instance_dies() {
        bench.accept(CO2.firing(0), GARAGE.firing(0));
        bench.deliveries.claim("instance:1", List.of(bench.room("ops")));
        silence(ONE, "room=office");
        bench.jdbc.sql("update dispatcher.deliveries set due_at = now()").update();

        assertThat(claimed()).singleElement().satisfies(claim -> assertThat(claim.body())
                .contains("garage"));
        at(NOON);

        assertThat(bench.states()).containsExactly("held", "pending");
    }

    @Test
    void what_was_in_flight_is_held_when_its_instance_restarts() {
        bench.accept(CO2.firing(0));
        bench.deliveries.claim("instance:1", List.of(bench.room("ops")));
        silence(ONE, "room=office");

        bench.deliveries.release("instance:");

        assertThat(bench.states()).containsExactly("held");
    }

    @Test
    void a_claim_and_the_start_of_a_silence_wait_for_each_other() {
        bench.accept(CO2.firing(0));

        var started = bench.database.transaction().execute(status -> {
            assertThat(claimed()).hasSize(1);
            var start = CompletableFuture.supplyAsync(() -> silence(ONE, "room=office"));
            await().atMost(20, SECONDS).until(() -> start.isDone() || isWaiting("Lock", "transactionid"));
            return start;
        });

        assertThat(started).succeedsWithin(Duration.ofSeconds(20));
        assertThat(bench.states()).containsExactly("pending");
        assertThat(holds()).hasSize(1);
    }

    @Test
    void a_silence_that_begins_while_events_are_stored_holds_them() {
        var starting = bench.database.transaction().execute(status -> {
            bench.accept(CO2.firing(0));
            var start = CompletableFuture.supplyAsync(() -> silence(ONE, "room=office"));
            await().atMost(20, SECONDS).until(() -> start.isDone() || isWaiting("Lock", "advisory"));
            assertThat(start).isNotDone();
            return start;
        });

        assertThat(starting).succeedsWithin(Duration.ofSeconds(20));
        assertThat(bench.states()).containsExactly("held");
    }

    @Test
    void however_arrivals_starts_and_ends_interleave_nothing_stays_held_and_nothing_is_lost() throws Exception {
        var series = Stream.iterate(0, n -> n + 1)
                .limit(60)
                .map(n -> CO2.withSeries(Map.of("room", "r" + n)))
                .toList();
        var go = new CountDownLatch(1);
        var delivered = new AtomicInteger();
        bench.scripts.put("ops", notification -> {
            delivered.incrementAndGet();
            return DELIVERED;
        });
        var arrivals = CompletableFuture.runAsync(() -> {
            await().until(() -> go.getCount() == 0);
            series.forEach(one -> bench.accept(one.firing(0)));
        });
        try (var _ = bench.running("one")) {
            go.countDown();
            for (int round = 0; round < 40; round++) {
                var silence = silence(ONE, "room=~r.*");
                bench.silences.change(silence.id(), terms(null, ONE, "room=~r.*[02468]"));
                bench.silences.end(silence.id());
            }
            arrivals.get(30, SECONDS);
            await().atMost(30, SECONDS).until(() -> bench.count("delivered") == 60);
        }

        assertThat(delivered).hasValue(60);
        assertThat(holds()).isEmpty();
    }

    @Test
    void silences_are_listed_by_state() {
        var active = silence(ONE, "room=office");
        var pending = bench.silences.create(terms(ONE, TWO, "room=office"), "anna");
        var ended = silence(TWO, "room=lab");
        bench.silences.end(ended.id());

        assertThat(bench.silences.list(null)).extracting(Silence::id).containsExactly(pending.id(), active.id());
        assertThat(bench.silences.list(Silence.State.PENDING)).singleElement().satisfies(silence -> {
            assertThat(silence.id()).isEqualTo(pending.id());
            assertThat(silence.createdBy()).isEqualTo("anna");
            assertThat(silence.matchers()).containsExactly("room=office");
        });
        assertThat(bench.silences.list(Silence.State.ACTIVE))
                .extracting(Silence::id)
                .containsExactly(active.id());
        assertThat(bench.silences.list(Silence.State.ENDED))
                .extracting(Silence::id)
                .containsExactly(ended.id());
    }

    @Test
    void ended_silences_are_deleted_after_the_retention() {
        var ended = silence(TWO, "room=lab");
        silence(TWO, "room=office");
        bench.silences.end(ended.id());

        assertThat(bench.silences.deleteEndedBefore(NOON)).isZero();
        assertThat(bench.silences.deleteEndedBefore(NOON.plusSeconds(1))).isOne();

        assertThat(bench.silences.find(ended.id())).isEmpty();
        assertThat(bench.silences.list(null)).hasSize(1);
    }

    private Silence silence(Instant end, String... matchers) {
        return bench.silences.create(terms(null, end, matchers), "operator");
    }

    private static Silence.Terms terms(@Nullable Instant start, Instant end, String... matchers) {
        return new Silence.Terms(Stream.of(matchers).map(Matcher::of).toList(), start, end, "cleaning");
    }

    private void at(Instant instant) {
        bench.now.set(instant);
        bench.upkeep().tidy();
    }

    private List<Deliveries.Claim> claimed() {
        return bench.deliveries.claim("me", List.of(bench.room("ops")));
    }

    private List<String> holds() {
        return bench.jdbc
                .sql("select unnest(held_by) from dispatcher.deliveries where state in ('pending', 'held')")
                .query(String.class)
                .list();
    }

    private boolean isWaiting(String type, String event) {
        return bench.jdbc
                .sql("select exists (select from pg_stat_activity where datname = current_database()"
                        + " and wait_event_type = :type and wait_event = :event)")
                .param("type", type)
                .param("event", event)
                .query(Boolean.class)
                .single();
    }
}
