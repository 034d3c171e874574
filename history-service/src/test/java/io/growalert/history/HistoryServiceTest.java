package io.growalert.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.events.Json;
import io.growalert.events.Topics;
import io.growalert.testkit.TestKafka;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Records, restarts and streams, on a real broker and a real database. */
class HistoryServiceTest extends RunningHistory {
    HistoryServiceTest() {
        super("history");
    }

    @Test
    void a_removed_monitor_leaves_the_list_and_its_status_ends() throws Exception {
        publish(Topics.MONITORS, "history-removed", Rooms.monitor("history-removed"));
        publish(Rooms.run("history-removed", slot(RUNS - 1), Rooms.room("a", 1)));
        await().until(() -> !ids(get("/api/history/monitors?status=passed&search=history-removed"))
                .isEmpty());

        publish(Topics.MONITORS, "history-removed", null);

        await().until(() ->
                ids(get("/api/history/monitors?search=history-removed")).isEmpty());
        assertThat(database.jdbc()
                        .sql("select count(*) from history.spans where monitor = 'history-removed' and until is null")
                        .query(Long.class)
                        .single())
                .isZero();
        publish(Topics.CHECK_RESULTS, "history-removed", null);
    }

    @Test
    void a_restart_with_the_offsets_of_the_group_reset_stores_nothing_twice() throws Exception {
        service.close();
        try (var admin = org.apache.kafka.clients.admin.Admin.create(
                Map.of("bootstrap.servers", TestKafka.bootstrapServers()))) {
            await().ignoreExceptions().until(() -> {
                admin.deleteConsumerGroups(List.of("growalert-history")).all().get();
                return true;
            });
        }
        var before = database.jdbc()
                .sql("select monitor, series, slot, value, status from history.values order by 1, 2, 3")
                .query()
                .listOfRows();
        service = HistoryService.start(settings());

        publish(Topics.CHECK_RESULTS, "history-restart", Rooms.run("history-restart", slot(0), Rooms.room("a", 1)));
        await().until(() -> database.jdbc()
                        .sql("select count(*) from history.values where monitor = 'history-restart'")
                        .query(Long.class)
                        .single()
                == 1);

        assertThat(database.jdbc()
                        .sql("select monitor, series, slot, value, status from history.values"
                                + " where monitor <> 'history-restart' order by 1, 2, 3")
                        .query()
                        .listOfRows())
                .isEqualTo(before);
    }

    @Test
    void an_empty_database_is_filled_from_what_the_topics_have() throws Exception {
        service.close();
        try (var empty = HistoryDatabase.empty()) {
            var settings = settings();
            settings.put("growalert.history.database.url", empty.url());
            try (var _ = HistoryService.start(settings)) {
                await().ignoreExceptions()
                        .until(() -> empty.jdbc()
                                        .sql("select count(*) from history.values where monitor = :monitor")
                                        .param("monitor", monitor)
                                        .query(Long.class)
                                        .single()
                                == 2 * RUNS);
            }
        } finally {
            service = HistoryService.start(settings());
        }
    }

    @Test
    void records_wait_while_the_database_refuses_them() throws Exception {
        double before = consumerFailures();
        database.jdbc().sql("alter table history.runs rename to away").update();
        try {
            publish(Rooms.run("history-outage", slot(0), Rooms.room("a", 1)));
            await().until(() -> consumerFailures() > before);
        } finally {
            database.jdbc().sql("alter table history.away rename to runs").update();
        }

        await().until(() -> !values("history-outage").isEmpty());
        assertThat(values("history-outage")).containsExactly(1.0);
    }

    @Test
    void records_of_an_aborted_transaction_are_not_stored() throws Exception {
        try (var transactional = producer(Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "history-test"))) {
            transactional.initTransactions();
            transactional.beginTransaction();
            var aborted = Rooms.run("history-aborted", slot(0), Rooms.room("a", 1));
            transactional
                    .send(new ProducerRecord<>(Topics.CHECK_RESULTS, "history-aborted", Json.write(aborted)))
                    .get();
            transactional.abortTransaction();
            transactional.beginTransaction();
            var committed = Rooms.run("history-aborted", slot(1), Rooms.room("a", 2));
            transactional
                    .send(new ProducerRecord<>(Topics.CHECK_RESULTS, "history-aborted", Json.write(committed)))
                    .get();
            transactional.commitTransaction();
        }

        await().until(() -> !values("history-aborted").isEmpty());
        assertThat(values("history-aborted")).containsExactly(2.0);
    }

    @Test
    void a_stream_reports_changes_and_beats_and_ends_with_a_bye_before_a_stop() throws Exception {
        var events = new ArrayList<String>();
        var other = HistoryService.start(settings());
        try {
            var port = other.getEnvironment().getProperty("local.server.port");
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/live"))
                    .header("Authorization", identity.bearer("history-service", "ada", "viewer"))
                    .build();
            var response = http.send(request, BodyHandlers.ofInputStream());
            assertThat(response.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/event-stream");
            try (var lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
                readUntil("event: beat", lines, events);
                readUntil("event: change", lines, events);
                publish(Rooms.run("history-live", slot(0), Rooms.room("a", 1)));
                readUntil("event: change", lines, events);
                var stop = Thread.ofVirtual().start(other::close);
                readUntil("event: bye", lines, events);
                stop.join();
            }
        } finally {
            other.close();
        }
    }

    @Test
    void the_number_of_streams_is_limited_by_the_setting() throws Exception {
        var open = http.send(request("/api/live").build(), BodyHandlers.ofInputStream());
        try (var _ = open.body()) {
            assertThat(open.statusCode()).isEqualTo(200);

            var refused = send("/api/live");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(refused.body()).contains("too many streams are open");
        }
    }

    @Test
    void health_and_metrics_show_what_is_stored() throws Exception {
        assertThat(send("/actuator/health").body()).contains("\"status\":\"UP\"");
        assertThat(send("/actuator/prometheus").body())
                .contains(
                        "growalert_history_lag",
                        "growalert_history_compacted_total",
                        "growalert_history_unreadable_total{topic=\"growalert.check-results\"}");

        double before = storedResults();
        publish(Rooms.run("history-counted", slot(0), Rooms.room("a", 1)));
        await().until(() -> storedResults() > before);
    }

    private double storedResults() throws Exception {
        return metric("growalert_history_records_total{topic=\"growalert.check-results\"}")
                .orElseThrow();
    }

    private double consumerFailures() throws Exception {
        return metric("growalert_loop_failures_total{loop=\"consumer\"}").orElse(0);
    }

    private OptionalDouble metric(String name) throws Exception {
        return send("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst();
    }

    private static List<String> ids(JsonNode page) {
        return page.path("monitors")
                .valueStream()
                .map(monitor -> monitor.path("id").asString())
                .toList();
    }

    private static void readUntil(String wanted, BufferedReader lines, List<String> events) throws Exception {
        String line = lines.readLine();
        while (line != null && !line.equals(wanted)) {
            events.add(line);
            line = lines.readLine();
        }
        assertThat(line).as("%s", events).isEqualTo(wanted);
    }
}
