package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.ack.Escalations;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Instances, resolutions and redrives that meet an escalation. */
class EscalationRacesTest extends EscalationFixture {
    @Test
    void two_instances_notify_once() throws Exception {
        bench = routed(TWO_STEPS);
        var firings = IntStream.range(0, 200)
                .mapToObj(n -> AlertEvents.of("monitor-" + n).firing(0))
                .toArray(AlertEvent[]::new);
        bench.accept(firings);
        bench.pass(Duration.ofMinutes(10));
        var other = new Escalations(
                bench.jdbc,
                bench.database.transaction(),
                bench.silences,
                () -> bench.receivers.routes(),
                receiver -> true,
                bench.pausing,
                bench.clock);

        for (int round = 0; round < 3; round++) {
            var start = new CyclicBarrier(2);
            var both = Stream.of(bench.escalations, other)
                    .map(instance -> CompletableFuture.supplyAsync(() -> {
                        await(start);
                        return instance.tick(Instant.MAX);
                    }))
                    .toList();
            for (var instance : both) {
                instance.get();
            }
        }

        assertThat(notified().stream().filter(receiver -> receiver.equals("boss 1")))
                .hasSize(200);
    }

    @Test
    void an_instance_that_dies_in_the_transaction_leaves_the_step_to_another() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        bench.pass(Duration.ofMinutes(10));

        assertThatThrownBy(() -> bench.database.transaction().execute(_ -> {
                    assertThat(bench.escalations.tick(Instant.MAX)).isOne();
                    throw new IllegalStateException("killed");
                }))
                .hasMessage("killed");
        assertThat(notified()).containsExactly("ops");

        assertThat(bench.escalations.tick(Instant.MAX)).isOne();
        assertThat(bench.escalations.tick(Instant.MAX)).isZero();
        assertThat(notified()).containsExactly("ops", "boss 1");
    }

    @Test
    void a_resolution_waits_for_an_escalation_under_way_and_reaches_its_receivers() throws Exception {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        bench.pass(Duration.ofMinutes(10));
        var added = new CyclicBarrier(2);

        var resolution = bench.database.transaction().execute(_ -> {
            assertThat(bench.escalations.tick(Instant.MAX)).isOne();
            var arriving = CompletableFuture.runAsync(() -> {
                await(added);
                bench.accept(CO2.resolved(0));
            });
            await(added);
            Awaitility.await().until(bench::waitsForALock);
            return arriving;
        });
        resolution.get();

        assertThat(receivers(CO2.resolved(0))).containsExactly("boss", "ops");
    }

    @Test
    void a_parked_escalation_of_a_resolved_incident_stays_parked() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        at(Duration.ofMinutes(10));
        bench.finish("boss", new Outcome.Rejected("HTTP 410"));
        bench.accept(CO2.resolved(0));
        assertThat(receivers(CO2.resolved(0))).containsExactly("ops");

        assertThat(bench.redrive.redrive("boss", Instant.EPOCH, _ -> {})).isEqualTo(new Redrive.Redriven(0, 1));

        var escalation = Ids.delivery(CO2.firing(0).id(), "boss", 1, 0);
        assertThat(bench.redrive.redrive(escalation, false)).isEqualTo(new Redrive.Result.Superseded());
        assertThat(bench.count("parked")).isOne();
        assertThat(bench.redrive.redrive(escalation, true)).isEqualTo(new Redrive.Result.Due());
    }

    @Test
    void a_parked_escalation_of_an_acknowledged_incident_stays_parked_until_the_acknowledgement_ends() {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        bench.finish("ops", new Outcome.Rejected("HTTP 410"));
        at(Duration.ofMinutes(10));
        bench.finish("boss", new Outcome.Rejected("HTTP 410"));
        acknowledge(null);

        assertThat(bench.redrive.redrive("boss", Instant.EPOCH, _ -> {})).isEqualTo(new Redrive.Redriven(0, 1));
        assertThat(bench.redrive.redrive("ops", Instant.EPOCH, _ -> {})).isEqualTo(new Redrive.Redriven(1, 0));

        bench.incidents.end(CO2.firing(0).incident(), "anna");
        assertThat(bench.redrive.redrive("boss", Instant.EPOCH, _ -> {})).isEqualTo(new Redrive.Redriven(1, 0));
    }

    @Test
    void a_resolution_that_arrives_during_a_redrive_reaches_its_receiver() throws Exception {
        bench = routed(TWO_STEPS);
        bench.accept(CO2.firing(0));
        deliver("ops");
        at(Duration.ofMinutes(10));
        bench.finish("boss", new Outcome.Rejected("HTTP 410"));
        var redriven = new CyclicBarrier(2);

        var resolution = bench.database.transaction().execute(_ -> {
            assertThat(bench.redrive.redrive("boss", Instant.EPOCH, _ -> {})).isEqualTo(new Redrive.Redriven(1, 0));
            var arriving = CompletableFuture.runAsync(() -> {
                await(redriven);
                bench.accept(CO2.resolved(0));
            });
            await(redriven);
            Awaitility.await().until(() -> arriving.isDone() || bench.waitsForALock());
            return arriving;
        });
        resolution.get();

        assertThat(receivers(CO2.resolved(0))).containsExactly("boss", "ops");
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
