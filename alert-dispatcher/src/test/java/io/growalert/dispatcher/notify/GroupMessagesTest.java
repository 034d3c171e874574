package io.growalert.dispatcher.notify;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.history.DeliveryList;
import io.growalert.dispatcher.history.IncidentHistory;
import io.growalert.dispatcher.history.Period;
import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.testkit.StubServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/** Messages of groups as rows: formed once, sent under one id with one body, redriven and deleted. */
@SuppressWarnings("NullAway.Init")
class GroupMessagesTest {
    private static final Outcome DELIVERED = new Outcome.Delivered("ok");
    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final AlertEvents OFFICE = AlertEvents.of("co2");
    private static final AlertEvents LAB = OFFICE.withSeries(Map.of("room", "lab"));
    private static final AlertEvents ATTIC = OFFICE.withSeries(Map.of("room", "attic"));

    @TempDir
    Path folder;

    private NotifierBench bench;

    @BeforeEach
    void open() {
        bench = new NotifierBench(folder, "ops: {fake: {}}");
        define("ops: {fake: {}}");
    }

    @AfterEach
    void close() {
        bench.close();
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
            await().atMost(20, SECONDS).until(() -> arrival.isDone() || isWaiting());
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
            await().atMost(20, SECONDS).until(() -> formed.isDone() || isWaiting());
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
            define("ops: {webhook: {url: '%s', groups: true}}".formatted(server.url()));
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
            define("ops: {webhook: {url: '%s'}}".formatted(server.url()));
            bench.accept(OFFICE.firing(0), LAB.firing(0));

            try (var _ = bench.running("one")) {
                await().atMost(20, SECONDS).until(() -> bench.count("delivered") == 2);
            }

            assertThat(server.requests().stream().map(request -> Json.read(request.body(), AlertEvent.class)))
                    .containsExactlyInAnyOrder(OFFICE.firing(0), LAB.firing(0));
        }
    }

    @Test
    void a_parked_message_is_redriven_alone_or_with_all_of_its_receiver_unless_later_ones_said_all_of_it() {
        bench.accept(OFFICE.firing(0));
        bench.formAfter(WAIT);
        bench.finish("ops", new Outcome.Rejected("HTTP 410"));
        assertThat(bench.states()).containsExactly("parked");
        var parked = Ids.delivery(bench.messages().getFirst().id(), "ops");

        assertThat(bench.redrive.redrive("ops", bench.clock.instant().minus(Duration.ofDays(9_999)), _ -> {}))
                .isEqualTo(new Redrive.Redriven(1, 0));
        bench.finish("ops", new Outcome.Rejected("HTTP 410"));
        assertThat(bench.redrive.redrive(parked, false)).isEqualTo(new Redrive.Result.Due());
        bench.finish("ops", new Outcome.Rejected("HTTP 410"));
        bench.accept(OFFICE.resolved(0));
        bench.formAfter(INTERVAL);
        bench.finish("ops", DELIVERED);

        assertThat(bench.redrive.redrive(parked, false)).isEqualTo(new Redrive.Result.Superseded());
        assertThat(bench.redrive.redrive("ops", bench.clock.instant().minus(Duration.ofDays(9_999)), _ -> {}))
                .isEqualTo(new Redrive.Redriven(0, 1));
        assertThat(bench.redrive.redrive(parked, true)).isEqualTo(new Redrive.Result.Over());
    }

    @Test
    void a_parked_message_that_would_open_one_of_its_alerts_again_is_not_redriven() {
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        bench.formAfter(WAIT);
        bench.finish("ops", new Outcome.Rejected("HTTP 410"));
        var parked = Ids.delivery(bench.messages().getFirst().id(), "ops");
        bench.accept(OFFICE.resolved(0));
        bench.formAfter(INTERVAL);
        assertThat(bench.redrive.redrive("ops", Instant.EPOCH, _ -> {})).isEqualTo(new Redrive.Redriven(1, 0));
        bench.finish("ops", new Outcome.Rejected("HTTP 410"));
        // the resolution, behind it
        bench.finish("ops", DELIVERED);

        assertThat(bench.redrive.redrive(parked, false)).isEqualTo(new Redrive.Result.Superseded());
        assertThat(bench.redrive.redrive("ops", Instant.EPOCH, _ -> {})).isEqualTo(new Redrive.Redriven(0, 1));
        assertThat(bench.redrive.redrive(parked, true)).isEqualTo(new Redrive.Result.Over());
        assertThat(bench.states()).containsExactly("parked", "delivered");
    }

    @Test
    void a_parked_message_that_alone_has_a_resolution_is_redriven() {
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        bench.formAfter(WAIT);
        bench.finish("ops", DELIVERED);
        bench.accept(OFFICE.resolved(0));
        bench.formAfter(INTERVAL);
        bench.finish("ops", new Outcome.Rejected("HTTP 401"));
        var parked = Ids.delivery(bench.messages().getLast().id(), "ops");
        bench.accept(LAB.resolved(0));
        bench.formAfter(INTERVAL);
        bench.finish("ops", DELIVERED);

        assertThat(bench.redrive.redrive(parked, false)).isEqualTo(new Redrive.Result.Due());
    }

    @Test
    void a_parked_message_with_a_resolution_is_redriven_behind_a_later_message_without_it() {
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        bench.formAfter(WAIT);
        bench.finish("ops", DELIVERED);
        bench.accept(OFFICE.resolved(0));
        bench.formAfter(INTERVAL);
        bench.finish("ops", new Outcome.Rejected("HTTP 401"));
        var parked = Ids.delivery(bench.messages().getLast().id(), "ops");
        bench.accept(ATTIC.firing(0));
        bench.formAfter(INTERVAL);
        bench.finish("ops", DELIVERED);

        assertThat(bench.redrive.redrive(parked, false)).isEqualTo(new Redrive.Result.Due());
        bench.finish("ops", new Outcome.Rejected("HTTP 401"));
        assertThat(bench.redrive.redrive("ops", Instant.EPOCH, _ -> {})).isEqualTo(new Redrive.Redriven(1, 0));
        bench.finish("ops", DELIVERED);

        assertThat(bench.states()).containsExactly("delivered", "delivered", "delivered");
    }

    @Test
    void messages_groups_and_their_incidents_are_deleted_after_the_retention() {
        var retention =
                new IncidentRetention(bench.jdbc, bench.database.transaction(), bench.clock, Duration.ofDays(30), 100);
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        bench.formAfter(WAIT);
        bench.accept(OFFICE.resolved(0));
        bench.finish("ops", DELIVERED);
        bench.formAfter(INTERVAL);
        bench.finish("ops", DELIVERED);
        // what is finished has the time of the database, like what is received
        age(10);
        assertThat(retention.deleteMessages() + retention.deleteBatch()).isZero();

        age(31);
        assertThat(retention.deleteMessages()).isEqualTo(2);
        assertThat(retention.deleteBatch()).isOne();

        assertThat(rows("groups", "group_members", "group_messages", "incidents"))
                .isEqualTo("1 1 0 1");
        bench.accept(LAB.resolved(0));
        bench.formAfter(INTERVAL);
        bench.finish("ops", DELIVERED);
        age(31);
        retention.deleteMessages();
        retention.deleteBatch();
        bench.pass(Duration.ofDays(60));
        retention.deleteMessages();
        assertThat(rows("groups", "group_members", "group_messages", "incidents"))
                .isEqualTo("0 0 0 0");
    }

    @Test
    void an_unsent_message_retains_its_incidents() {
        var retention =
                new IncidentRetention(bench.jdbc, bench.database.transaction(), bench.clock, Duration.ofDays(30), 100);
        bench.accept(OFFICE.firing(0));
        bench.formAfter(WAIT);
        bench.accept(OFFICE.resolved(0));
        age(31);

        assertThat(retention.deleteMessages() + retention.deleteBatch()).isZero();
        assertThat(rows("group_messages", "incidents")).isEqualTo("1 1");
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

    @Test
    void what_operators_see_of_a_message_names_its_group_and_is_in_the_history_of_its_alerts() {
        bench.accept(OFFICE.firing(0), LAB.firing(0));
        bench.formAfter(WAIT);
        var history = new IncidentHistory(bench.jdbc);

        var delivery = new DeliveryList(bench.jdbc)
                .read(new DeliveryList.Filter("pending", null, null, List.of(), Period.ALWAYS), null, 0, 10)
                .rows()
                .getFirst();

        assertThat(delivery.groupMessage())
                .isEqualTo(bench.messages().getFirst().id());
        assertThat(delivery.group()).isEqualTo(bench.messages().getFirst().group());
        assertThat(delivery.alert()).isNull();
        assertThat(delivery.event()).isNull();
        assertThat(history.of(OFFICE.alert()).orElseThrow().deliveries()).containsExactly(delivery);
    }

    @Test
    void ten_thousand_alerts_form_one_message_in_a_few_statements() {
        var events = IntStream.range(0, 10_000)
                .mapToObj(n -> OFFICE.withSeries(Map.of("device", "d" + n)).firing(0))
                .toList();
        for (int from = 0; from < events.size(); from += 500) {
            bench.accept(events.subList(from, from + 500).toArray(AlertEvent[]::new));
        }
        bench.pass(WAIT);
        var statements = new AtomicInteger();
        var counting = new Counting(bench.database.pool(), statements);
        var former = bench.former(
                JdbcClient.create(counting), new TransactionTemplate(new DataSourceTransactionManager(counting)));

        assertThat(former.formDue()).isOne();

        assertThat(statements.get()).isLessThan(20);
        var message = bench.messages().getFirst();
        assertThat(message.counts()).isEqualTo(new GroupEvent.Counts(10_000, 0, 0));
        assertThat(message.alerts()).hasSize(1_000);
        assertThat(message.omitted()).isEqualTo(9_000);
        assertThat(rows("group_message_incidents")).isEqualTo("10000");
        assertThat(bench.states()).containsExactly("pending");
    }

    @Test
    void what_fires_on_is_stored_for_the_last_message_only_and_its_delivery_is_published_once() {
        bench.accept(OFFICE.firing(0));
        bench.formAfter(WAIT);
        for (var next : List.of(LAB, ATTIC)) {
            bench.finish("ops", DELIVERED);
            bench.accept(next.firing(0));
            bench.formAfter(INTERVAL);
        }
        bench.finish("ops", DELIVERED);

        assertThat(rows("group_message_incidents where still_firing", "group_message_incidents where not still_firing"))
                .isEqualTo("2 3");
        assertThat(rows("notification_outbox where type = 'delivery-delivered'"))
                .isEqualTo("3");
    }

    @Test
    void what_is_in_a_message_that_is_not_delivered_stays() {
        bench.accept(OFFICE.firing(0));
        bench.formAfter(WAIT);
        bench.finish("ops", DELIVERED);
        bench.accept(LAB.firing(0));
        bench.formAfter(INTERVAL);
        bench.finish("ops", new Outcome.Rejected("HTTP 410"));
        bench.accept(ATTIC.firing(0));
        bench.formAfter(INTERVAL);

        assertThat(rows("group_message_incidents where still_firing")).isEqualTo("3");
    }

    @Test
    void a_message_of_large_alerts_is_below_a_megabyte() {
        var large = "x".repeat(200_000);
        bench.accept(IntStream.range(0, 8)
                .mapToObj(n -> OFFICE.withSeries(Map.of("device", n + large)).firing(0))
                .toArray(AlertEvent[]::new));

        bench.formAfter(WAIT);

        var message = bench.messages().getFirst();
        assertThat(message.counts().started()).isEqualTo(8);
        assertThat(message.omitted()).isEqualTo(8 - message.alerts().size()).isPositive();
        assertThat(Json.write(message)).hasSizeLessThan(1_000_000);
    }

    @Test
    void a_delivery_is_of_an_event_or_of_a_message() {
        assertThatThrownBy(() -> bench.jdbc.sql("""
                        insert into dispatcher.deliveries (id, sequence, alert_id, receiver, state)
                        values ('d', 1, 'g', 'ops', 'pending')
                        """).update()).hasMessageContaining("deliveries_content_check");
    }

    private void define(String receiver) {
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

    /** Everything is this many days older than it was. */
    private void age(int days) {
        var now = bench.clock.instant();
        bench.jdbc
                .sql("update dispatcher.deliveries set finished_at = :time where finished_at is not null")
                .param("time", now.minus(Duration.ofDays(days)).atOffset(ZoneOffset.UTC))
                .update();
        bench.jdbc
                .sql("update dispatcher.alert_events set received_at = :time")
                .param("time", now.minus(Duration.ofDays(days)).atOffset(ZoneOffset.UTC))
                .update();
        bench.jdbc
                .sql("update dispatcher.incidents set resolved_at = :time where resolved_at is not null")
                .param("time", now.minus(Duration.ofDays(days)).atOffset(ZoneOffset.UTC))
                .update();
    }

    private String rows(String... tables) {
        return String.join(
                " ",
                Arrays.stream(tables)
                        .map(table -> bench.jdbc
                                .sql("select count(*) from dispatcher." + table)
                                .query(String.class)
                                .single())
                        .toList());
    }

    private boolean isWaiting() {
        return bench.jdbc
                .sql("select exists (select from pg_stat_activity where datname = current_database()"
                        + " and wait_event_type = 'Lock')")
                .query(Boolean.class)
                .single();
    }

    /** Counts the statements that are prepared. */
    private static final class Counting extends DelegatingDataSource {
        private final AtomicInteger statements;

        Counting(DataSource pool, AtomicInteger statements) {
            super(pool);
            this.statements = statements;
        }

        @Override
        public Connection getConnection() throws SQLException {
            var connection = super.getConnection();
            return (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (_, method, arguments) -> {
                        if (method.getName().equals("prepareStatement")) {
                            statements.incrementAndGet();
                        }
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }
}
