package io.growalert.dispatcher.notify;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.ack.IncidentAcknowledgements.Terms;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.GroupEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What changes on another connection while a group's message is formed. */
@SuppressWarnings("NullAway.Init")
class GroupRacesTest {
    private static final Outcome DELIVERED = new Outcome.Delivered("ok");
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final AlertEvents CO2 = AlertEvents.of("co2");

    @TempDir
    Path folder;

    private NotifierBench bench;

    @BeforeEach
    void open() {
        bench = new NotifierBench(folder, "ops: {fake: {}}", "boss: {fake: {}}");
        bench.defineFile("""
                receivers:
                  ops: {fake: {}}
                  boss: {fake: {}}
                routes: {receiver: ops, groupBy: [site], escalate: [{after: 10m, receivers: [boss]}]}
                """);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void an_acknowledgement_while_the_message_of_an_escalation_is_formed_drops_it_with_its_resolution() {
        bench.accept(CO2.firing(0));
        bench.formAfter(WAIT);
        bench.finish("ops", DELIVERED);
        bench.formAfter(Duration.ofMinutes(10));
        bench.pass(WAIT);
        var acknowledging = new AtomicReference<CompletableFuture<?>>();
        var former = bench.former(bench.jdbc, bench.database.transaction(), (_, _, _) -> {
            var other = CompletableFuture.runAsync(
                    () -> bench.incidents.acknowledge(CO2.firing(0).incident(), new Terms(null, ""), "anna"));
            await().atMost(20, SECONDS).until(() -> other.isDone() || bench.waitsForALock());
            acknowledging.set(other);
            return Optional.empty();
        });

        assertThat(former.formDue()).isOne();
        assertThat(acknowledging.get()).succeedsWithin(Duration.ofSeconds(20));
        bench.accept(CO2.resolved(0));
        bench.formAfter(Duration.ofMinutes(5));

        assertThat(bench.messages().stream()
                        .filter(message -> message.labels().containsKey("escalation step"))
                        .map(GroupEvent::counts))
                .containsExactly(new GroupEvent.Counts(1, 0, 0));
        assertThat(bench.jdbc
                        .sql("select state from dispatcher.deliveries where receiver = 'boss'")
                        .query(String.class)
                        .list())
                .containsExactly("muted");
    }
}
