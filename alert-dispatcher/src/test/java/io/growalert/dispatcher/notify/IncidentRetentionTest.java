package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.dispatcher.AlertEvents;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.history.IncidentHistory;
import io.growalert.events.Ids;
import io.growalert.runtime.loop.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncidentRetentionTest {
    private static final Duration HISTORY = Duration.ofDays(90);
    private static final int BATCH = 2;
    private static final AlertEvents CO2 = AlertEvents.of("room-co2", "ops");

    @TempDir
    Path folder;

    private NotifierBench bench;
    private IncidentRetention retention;

    @BeforeEach
    void open() {
        bench = new NotifierBench(folder, "ops: {fake: {}, concurrency: 20}");
        retention = retention();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_closed_incident_is_deleted_with_everything_once_it_is_older_than_the_history() {
        bench.accept(CO2.firing(0), CO2.resolved(0));
        deliver(2);

        later(HISTORY.minusDays(1));
        assertThat(retention.deleteBatch()).isZero();
        assertThat(rows("incidents", "alert_events", "deliveries")).isEqualTo("1 2 2");

        later(HISTORY.plusDays(1));
        assertThat(retention.deleteBatch()).isOne();
        assertThat(rows("incidents", "alert_events", "deliveries")).isEqualTo("0 0 0");
    }

    @Test
    void an_open_incident_is_retained_at_any_age() {
        bench.accept(CO2.firing(0), CO2.resolved(0), CO2.firing(1));
        deliver(3);

        later(HISTORY.multipliedBy(10));
        assertThat(retention.deleteBatch()).isOne();

        assertThat(rows("incidents", "alert_events", "deliveries")).isEqualTo("1 1 1");
        assertThat(new IncidentHistory(bench.jdbc).open()).hasSize(1);
    }

    @Test
    void an_unfinished_delivery_retains_its_incident() {
        bench.accept(CO2.firing(0), CO2.resolved(0));
        later(HISTORY.plusDays(1));

        assertThat(retention.deleteBatch()).isZero();
        bench.jdbc.sql("update dispatcher.deliveries set state = 'held'").update();
        later(HISTORY.plusDays(2));
        assertThat(retention.deleteBatch()).isZero();

        assertThat(rows("incidents", "alert_events", "deliveries")).isEqualTo("1 2 2");
    }

    @Test
    void a_delivery_parked_since_retains_its_incident() {
        bench.accept(
                AlertEvents.of("room-co2", "unknown").firing(0),
                AlertEvents.of("room-co2", "unknown").resolved(0));
        new KnownReceivers(bench.jdbc, bench.database.transaction(), "one").park(Set.of("unknown"));
        var parked = Ids.delivery(CO2.firing(0).id(), "unknown");
        bench.jdbc
                .sql("update dispatcher.deliveries set finished_at = finished_at + interval '30 days' where id = :id")
                .param("id", parked)
                .update();

        later(HISTORY.plusDays(1));
        assertThat(retention.deleteBatch()).isZero();
        assertThat(rows("incidents", "alert_events", "deliveries")).isEqualTo("1 2 2");

        later(HISTORY.plusDays(31));
        assertThat(retention.deleteBatch()).isOne();
        assertThat(rows("incidents", "alert_events", "deliveries")).isEqualTo("0 0 0");
    }

    @Test
    void expired_incidents_are_deleted_in_batches_every_hour() throws Exception {
        for (int incident = 0; incident < BATCH + 1; incident++) {
            bench.accept(CO2.firing(incident), CO2.resolved(incident));
        }
        deliver(2 * (BATCH + 1));
        later(HISTORY.plusDays(1));

        assertThat(retention.deleteBatch()).isEqualTo(BATCH);
        assertThat(retention.deleteBatch()).isOne();
        assertThat(rows("incidents", "alert_events", "deliveries")).isEqualTo("0 0 0");

        for (int incident = 0; incident < 2 * BATCH; incident++) {
            bench.accept(CO2.firing(incident), CO2.resolved(incident));
        }
        deliver(2 * 2 * BATCH);
        later(HISTORY.plusDays(1));
        assertThat(retention.task().every()).isEqualTo(Duration.ofHours(1));
        retention.task().work().run(new Progress("retention"));
        assertThat(rows("incidents", "alert_events", "deliveries")).isEqualTo("0 0 0");
    }

    @Test
    void expired_messages_are_found_by_an_index() {
        var plan = bench.database.transaction().execute(_ -> {
            bench.jdbc.sql("set local enable_seqscan = off").update();
            return bench.jdbc
                    .sql("explain " + IncidentRetention.EXPIRED_MESSAGES)
                    .param("before", Instant.now().atOffset(ZoneOffset.UTC))
                    .param("batch", BATCH)
                    .query(String.class)
                    .list();
        });

        assertThat(plan).anyMatch(line -> line.contains("deliveries_of_finished_message"));
    }

    private IncidentRetention retention() {
        return new IncidentRetention(bench.jdbc, bench.database.transaction(), bench.clock, HISTORY, BATCH);
    }

    private void deliver(int count) {
        bench.scripts.put("ops", notification -> new Outcome.Delivered("ok"));
        try (var _ = bench.running("one")) {
            Awaitility.await().until(() -> bench.count("delivered") == count);
        }
    }

    /** The rows' times are the database's, so "later" counts from now. */
    private void later(Duration after) {
        bench.now.set(Instant.now().plus(after));
    }

    private String rows(String... tables) {
        var counts = new StringBuilder();
        for (var table : tables) {
            counts.append(bench.jdbc
                            .sql("select count(*) from dispatcher." + table)
                            .query(Long.class)
                            .single())
                    .append(' ');
        }
        return counts.toString().trim();
    }
}
