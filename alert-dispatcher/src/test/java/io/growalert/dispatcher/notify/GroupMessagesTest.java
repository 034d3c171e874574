package io.growalert.dispatcher.notify;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.testkit.StubServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;

/** Messages of groups: formed once, and sent under one id with one body. */
class GroupMessagesTest extends GroupFixture {
    @BeforeEach
    void open() {
        bench = routed(BY_SITE);
    }

    @Test
    void two_instances_that_form_at_once_form_one_message() throws Exception {
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        bench.pass(WAIT);
        var other = bench.former(bench.jdbc, bench.database.transaction());

        for (int round = 0; round < 20; round++) {
            var one = CompletableFuture.supplyAsync(bench.former::formDue);
            var two = CompletableFuture.supplyAsync(other::formDue);
            assertThat(one.get(20, SECONDS) + two.get(20, SECONDS)).isEqualTo(1);
            bench.finish("ops", DELIVERED);
            bench.accept(OFFICE.withSeries(Map.of("room", "r" + round)).firing(0));
            bench.pass(INTERVAL);
        }

        assertThat(bench.messages()).hasSize(20);
        assertThat(bench.messages().stream()
                        .mapToInt(message -> message.counts().started()))
                .isEqualTo(IntStream.concat(
                                IntStream.of(2), IntStream.generate(() -> 1).limit(19))
                        .boxed()
                        .toList());
    }

    @Test
    void the_notifier_forms_first_messages_while_it_is_not_known_which_monitors_are_paused() {
        bench.knowsPauses.set(false);
        bench.accept(OFFICE.firing(0));
        bench.pass(WAIT);
        var notifier = bench.notifier("unknown");
        notifier.start();
        try {
            await().atMost(60, SECONDS).until(() -> bench.messages().size() == 1);
        } finally {
            notifier.stop();
        }
    }

    @Test
    void an_instance_that_dies_between_forming_and_committing_loses_nothing_and_sends_nothing() {
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        bench.pass(WAIT);
        var dying = bench.former(bench.jdbc, aborting());

        assertThat(dying.formDue()).isEqualTo(1);
        assertThat(bench.messages()).isEmpty();
        assertThat(bench.states()).isEmpty();

        assertThat(bench.former.formDue()).isOne();
        assertThat(bench.messages())
                .singleElement()
                .satisfies(message -> assertThat(message.counts().started()).isEqualTo(2));
        assertThat(claims()).singleElement().satisfies(claim -> assertThat(claim.id())
                .isEqualTo(Ids.delivery(bench.messages().getFirst().id(), "ops")));
    }

    @Test
    void an_alert_that_arrives_while_a_message_is_formed_is_in_the_next_one() {
        bench.accept(OFFICE.firing(0));
        bench.pass(WAIT);

        var arriving = bench.database.transaction().execute(_ -> {
            assertThat(bench.former.formDue()).isOne();
            var arrival = CompletableFuture.runAsync(() -> bench.accept(LAB.firing(0)));
            await().atMost(20, SECONDS).until(() -> arrival.isDone() || bench.waitsForALock());
            assertThat(arrival).isNotDone();
            return arrival;
        });

        assertThat(arriving).succeedsWithin(Duration.ofSeconds(20));
        bench.finish("ops", DELIVERED);
        assertThat(bench.formAfter(INTERVAL)).isOne();
        assertThat(bench.messages())
                .extracting(GroupEvent::counts)
                .containsExactly(new GroupEvent.Counts(1, 0, 0), new GroupEvent.Counts(1, 1, 0));
    }

    @Test
    void a_group_whose_alerts_arrive_without_a_pause_is_notified() {
        bench.accept(OFFICE.firing(0));
        bench.pass(WAIT);

        var forming = bench.database.transaction().execute(_ -> {
            bench.accept(LAB.firing(0));
            var formed = CompletableFuture.supplyAsync(bench.former::formDue);
            await().atMost(20, SECONDS).until(() -> formed.isDone() || bench.waitsForALock());
            return formed;
        });

        assertThat(forming).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(1);
        assertThat(bench.messages().getFirst().counts().started()).isEqualTo(2);
    }

    @Test
    void while_a_receiver_is_down_no_further_message_is_formed_and_then_one_says_what_still_matters() {
        bench.accept(OFFICE.firing(0));
        bench.formAfter(WAIT);
        bench.finish("ops", new Outcome.Retry("HTTP 503"));
        var attic = OFFICE.withSeries(Map.of("room", "attic"));
        bench.accept(LAB.firing(0), attic.firing(0));
        bench.formAfter(INTERVAL);
        bench.accept(attic.resolved(0));
        bench.formAfter(INTERVAL);
        assertThat(bench.messages()).hasSize(1);

        bench.jdbc.sql("update dispatcher.deliveries set due_at = now()").update();
        bench.finish("ops", DELIVERED);
        bench.formAfter(INTERVAL);

        assertThat(bench.messages())
                .extracting(GroupEvent::counts)
                .containsExactly(new GroupEvent.Counts(1, 0, 0), new GroupEvent.Counts(1, 1, 0));
    }

    @Test
    void what_waited_for_a_delivery_is_in_a_message_as_soon_as_it_is_delivered() {
        bench.accept(OFFICE.firing(0));
        bench.formAfter(WAIT);
        bench.accept(LAB.firing(0));
        assertThat(bench.formAfter(INTERVAL)).isZero();

        bench.finish("ops", DELIVERED);

        assertThat(bench.former.formDue()).isOne();
    }

    @Test
    void groups_of_a_receiver_that_is_down_delay_no_others() {
        bench.jdbc.sql("""
                insert into dispatcher.groups (id, route, receiver, labels, wait_ms, interval_ms, next_at)
                select 'g' || n, '{}', 'pager', '{}', 0, 1000, '2026-11-24T00:00:00Z' from generate_series(1, 600) as n
                """).update();
        bench.jdbc.sql("""
                insert into dispatcher.group_messages (id, group_id, receiver, body)
                select 'm' || n, 'g' || n, 'pager', '{}' from generate_series(1, 600) as n
                """).update();
        bench.jdbc.sql("""
                insert into dispatcher.deliveries (id, group_message_id, sequence, alert_id, receiver, state)
                select 'd' || n, 'm' || n, n, 'g' || n, 'pager', 'pending' from generate_series(1, 600) as n
                """).update();
        bench.accept(OFFICE.firing(0));
        bench.pass(WAIT);

        assertThat(bench.former.formDue()).isOne();
    }

    @Test
    void a_webhook_that_accepts_groups_gets_the_same_bytes_and_the_same_id_on_every_attempt() {
        try (var server = new StubServer()) {
            defineReceiver("ops: {webhook: {url: '%s', groups: true}}".formatted(server.url()));
            var attempts = new AtomicInteger();
            server.answer(exchange -> StubServer.answer(exchange, attempts.incrementAndGet() < 3 ? 503 : 200, ""));
            bench.accept(OFFICE.firing(0), LAB.firing(0));
            bench.formAfter(WAIT);

            try (var _ = bench.running("one")) {
                await().atMost(20, SECONDS).until(() -> bench.count("delivered") == 1);
            }

            assertThat(server.requests()).hasSize(3);
            assertThat(server.requests().stream().map(StubServer.Seen::text).distinct())
                    .hasSize(1);
            assertThat(server.requests().stream()
                            .map(request -> request.header("webhook-id"))
                            .distinct())
                    .containsExactly(Ids.delivery(bench.messages().getFirst().id(), "ops"));
            assertThat(Json.read(server.last().body(), GroupEvent.class))
                    .isEqualTo(bench.messages().getFirst());
        }
    }

    @Test
    void a_webhook_that_does_not_say_so_gets_each_event_at_once() {
        try (var server = new StubServer()) {
            defineReceiver("ops: {webhook: {url: '%s'}}".formatted(server.url()));
            bench.accept(OFFICE.firing(0), LAB.firing(0));

            try (var _ = bench.running("one")) {
                await().atMost(20, SECONDS).until(() -> bench.count("delivered") == 2);
            }

            assertThat(server.requests().stream().map(request -> Json.read(request.body(), AlertEvent.class)))
                    .containsExactlyInAnyOrder(OFFICE.firing(0), LAB.firing(0));
        }
    }

    @Test
    void a_group_that_cannot_be_formed_delays_no_other() {
        bench.accept(
                OFFICE.firing(0),
                OFFICE.withSeries(Map.of("room", "barn", "site", "south")).firing(0));
        bench.jdbc
                .sql("update dispatcher.groups set labels = '[7]' where labels ->> 'site' = 'north'")
                .update();

        assertThat(bench.formAfter(WAIT)).isOne();

        bench.jdbc
                .sql("update dispatcher.groups set labels = '{\"site\": \"north\"}' where labels = '[7]'")
                .update();
        assertThat(bench.formAfter(Duration.ofMinutes(1))).isOne();
    }

    private void defineReceiver(String receiver) {
        bench.defineFile("receivers:\n  %s\nroutes: {receiver: ops, groupBy: [site], groupWait: 10s, groupInterval: 1m}"
                .formatted(receiver));
    }

    /** Transactions that are rolled back instead of committed. */
    private TransactionOperations aborting() {
        var real = bench.database.transaction();
        return new TransactionOperations() {
            @Override
            public <T> T execute(TransactionCallback<T> action) {
                return real.execute(status -> {
                    var result = action.doInTransaction(status);
                    status.setRollbackOnly();
                    return result;
                });
            }
        };
    }

    private List<Deliveries.Claim> claims() {
        return bench.deliveries.claim("me", List.of(bench.room("ops")));
    }
}
