package io.growalert.dispatcher.notify;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.silence.MonitorMute;
import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.http.Operator;
import io.growalert.runtime.http.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedriveTest {
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");
    private static final String FIRST = Ids.delivery(CO2.firing(0).id(), "ops");

    @TempDir
    Path folder;

    private NotifierBench bench;

    @BeforeEach
    void openBench() {
        bench = new NotifierBench(folder, "ops: {fake: {}}");
        bench.accept(CO2.firing(0));
    }

    @AfterEach
    void closeBench() {
        bench.close();
    }

    @Test
    void a_parked_delivery_is_due_again_with_a_new_time_to_live() {
        next(new Outcome.Rejected("HTTP 410"));
        bench.jdbc
                .sql("update dispatcher.deliveries set live_from = now() - interval '2 days'")
                .update();

        assertThat(bench.redrive.redrive(FIRST, false)).isEqualTo(new Redrive.Result.Due());

        next(new Outcome.Retry("busy"));
        assertThat(bench.states()).containsExactly("pending");
        assertThat(bench.detail(FIRST)).isEqualTo("busy");
    }

    @Test
    void a_superseded_delivery_is_redriven_only_by_force() {
        next(new Outcome.Rejected("HTTP 410"));
        bench.accept(CO2.reminder(0, 1));
        next(new Outcome.Delivered("ok"));

        assertThat(bench.redrive.redrive(FIRST, false)).isEqualTo(new Redrive.Result.Superseded());
        assertThat(bench.redrive.redrive(FIRST, true)).isEqualTo(new Redrive.Result.Due());
        assertThat(bench.states()).containsExactly("pending", "delivered");
    }

    @Test
    void what_would_open_a_resolved_incident_again_is_not_redriven_by_force_either() {
        next(new Outcome.Rejected("HTTP 410"));
        bench.accept(CO2.resolved(0));
        assertThat(bench.redrive.redrive(FIRST, true)).isEqualTo(new Redrive.Result.Due());
        next(new Outcome.Rejected("HTTP 410"));
        next(new Outcome.Delivered("ok"));

        assertThat(bench.redrive.redrive(FIRST, false)).isEqualTo(new Redrive.Result.Superseded());
        assertThat(bench.redrive.redrive(FIRST, true)).isEqualTo(new Redrive.Result.Over());
        assertThat(redrive("ops", Instant.EPOCH)).isEqualTo(new Redrive.Redriven(0, 1));
        assertThat(bench.states()).containsExactly("parked", "delivered");
    }

    @Test
    void a_batch_is_redriven_in_the_transaction_of_its_audit_row() {
        bench.accept(IntStream.range(0, 600)
                .mapToObj(number -> CO2.withSeries(Map.of("n", "" + number)).firing(0))
                .toArray(AlertEvent[]::new));
        bench.jdbc
                .sql("update dispatcher.deliveries set state = 'parked', finished_at = now()")
                .update();
        var audit = new AuditLog(bench.jdbc, bench.database.transaction(), "dispatcher.audit");
        var operator = new Operator("ann", Role.OPERATOR);

        assertThatThrownBy(() -> bench.redrive.redrive("ops", Instant.EPOCH, batch -> {
                    audit.add(operator, "redrive-receiver", "ops", null, batch);
                    if (batch.due() < 500) {
                        throw new IllegalStateException("killed");
                    }
                }))
                .hasMessage("killed");

        assertThat(bench.count("pending")).isEqualTo(500);
        assertThat(audit.page(10, null)).singleElement().satisfies(entry -> assertThat(
                        Objects.requireNonNull(entry.after()).path("due").asInt())
                .isEqualTo(500));
        assertThat(redrive("ops", Instant.EPOCH)).isEqualTo(new Redrive.Redriven(101, 0));
    }

    private Redrive.Redriven redrive(String receiver, Instant since) {
        return bench.redrive.redrive(receiver, since, _ -> {});
    }

    @Test
    void one_whose_successor_is_being_claimed_waits_and_is_superseded() {
        next(new Outcome.Rejected("HTTP 410"));
        bench.accept(CO2.resolved(0));

        var redriven = bench.database.transaction().execute(status -> {
            assertThat(bench.deliveries.claim("me", List.of(bench.room("ops")))).hasSize(1);
            var other = CompletableFuture.supplyAsync(() -> bench.redrive.redrive(FIRST, false));
            await().atMost(20, SECONDS).until(() -> other.isDone() || bench.waitsForALock());
            return other;
        });

        assertThat(redriven).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(new Redrive.Result.Superseded());
    }

    @Test
    void only_a_parked_delivery_is_redriven() {
        assertThat(bench.redrive.redrive(FIRST, true)).isEqualTo(new Redrive.Result.NotParked("pending"));
        assertThat(bench.redrive.redrive("nothing", true)).isEqualTo(new Redrive.Result.Unknown());
    }

    @Test
    void parked_deliveries_of_a_receiver_are_due_again_in_order_except_superseded_ones() {
        var series = IntStream.range(0, 600)
                .mapToObj(number -> CO2.withSeries(Map.of("n", "" + number)))
                .toList();
        series.forEach(one -> bench.accept(one.firing(0)));
        var outdated = CO2.withSeries(Map.of("n", "outdated"));
        bench.accept(outdated.firing(0), outdated.resolved(0));
        bench.accept(AlertEvents.of("room-co2", "other").firing(5));
        bench.jdbc
                .sql("update dispatcher.deliveries set state = 'parked', finished_at = now()"
                        + " where id <> :resolved")
                .param("resolved", Ids.delivery(outdated.resolved(0).id(), "ops"))
                .update();
        bench.jdbc
                .sql(
                        "update dispatcher.deliveries set state = 'delivered', finished_at = now() where state = 'pending'")
                .update();
        bench.jdbc
                .sql("update dispatcher.deliveries set finished_at = now() - interval '1 day' where id = :id")
                .param("id", FIRST)
                .update();

        var redriven = bench.redrive.redrive("ops", Instant.now().minus(Duration.ofHours(1)), _ -> {});

        assertThat(redriven).isEqualTo(new Redrive.Redriven(600, 1));
        assertThat(bench.count("pending")).isEqualTo(600);
        // too old, superseded, of another receiver
        assertThat(bench.count("parked")).isEqualTo(3);
    }

    @Test
    void of_parked_reminders_only_the_latest_is_due_again() {
        bench.accept(CO2.reminder(0, 1));
        bench.accept(CO2.reminder(0, 2));
        bench.jdbc
                .sql("update dispatcher.deliveries set state = 'parked', finished_at = now()")
                .update();

        var redriven = redrive("ops", Instant.EPOCH);

        assertThat(redriven).isEqualTo(new Redrive.Redriven(2, 1));
        assertThat(bench.states()).containsExactly("pending", "parked", "pending");
    }

    @Test
    void what_is_parked_is_unacknowledged_until_it_is_acknowledged_or_redriven() {
        assertThat(bench.acknowledgements.unacknowledged()).isEmpty();
        next(new Outcome.Rejected("HTTP 410"));
        assertThat(bench.acknowledgements.unacknowledged()).containsExactly(Map.entry("ops", 1L));

        assertThat(bench.acknowledgements.acknowledge()).isOne();
        assertThat(bench.acknowledgements.unacknowledged()).isEmpty();
        assertThat(bench.acknowledgements.acknowledge()).isZero();

        bench.accept(CO2.resolved(0));
        next(new Outcome.Rejected("HTTP 410"));
        assertThat(bench.acknowledgements.unacknowledged()).containsExactly(Map.entry("ops", 1L));
        bench.redrive.redrive("ops", Instant.now().plusSeconds(60), _ -> {});
        assertThat(bench.acknowledgements.unacknowledged()).isEmpty();
    }

    @Test
    void a_delivery_of_a_muted_monitor_is_held_instead() {
        next(new Outcome.Rejected("HTTP 410"));
        bench.silences.mute(new MonitorMute("room-co2", Instant.now().plusSeconds(60), "cleaning"), "operator");

        assertThat(bench.redrive.redrive(FIRST, false)).isEqualTo(new Redrive.Result.Due());

        assertThat(bench.states()).containsExactly("held");
    }

    private void next(Outcome outcome) {
        var claims = bench.deliveries.claim("me", List.of(bench.room("ops")));
        assertThat(claims).hasSize(1);
        bench.deliveries.record(
                "me",
                List.of(Verdict.of(claims.getFirst(), outcome, Duration.ofHours(1), Backoff.standard(new Random(1)))));
    }
}
