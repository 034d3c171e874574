package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.history.DeliveryList;
import io.growalert.dispatcher.history.IncidentHistory;
import io.growalert.dispatcher.history.Period;
import io.growalert.events.AlertEvent;
import io.growalert.events.GroupEvent;
import io.growalert.events.Json;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** Messages of groups as rows: their sizes, their history and their deletion. */
class StoredGroupMessagesTest extends GroupFixture {
    private static final AlertEvents ATTIC = OFFICE.withSeries(Map.of("room", "attic"));

    @BeforeEach
    void open() {
        bench = routed(BY_SITE);
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
