package io.growalert.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.events.AlertEvent;
import io.growalert.events.CheckResult;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.NotificationEvent;
import io.growalert.events.Status;
import io.growalert.events.Threshold;
import io.growalert.events.Topics;
import io.growalert.testkit.TestIdentity;
import io.growalert.testkit.TestKafka;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service on a real broker and a real database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HistoryServiceTest {
    private static final String MONITOR = "history-rooms";
    private static final int RUNS = 100;

    /** The last slot is recent, so that no slot counts as missed. */
    private final Instant start =
            Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Rooms.EVERY.multipliedBy(RUNS - 1));

    private final HistoryDatabase database = HistoryDatabase.empty();
    private final HttpClient http = HttpClient.newHttpClient();
    private final TestIdentity identity = new TestIdentity();
    private KafkaProducer<String, byte[]> producer;
    private ConfigurableApplicationContext service;

    @BeforeAll
    void start() throws Exception {
        producer = producer(Map.of());
        service = HistoryService.start(settings());
        await().until(() -> get("/api/history/changes").path("results").asLong() >= 0
                && !Instant.parse(get("/api/history/status").path("asOf").asString())
                        .equals(Instant.EPOCH));
        publish(Topics.MONITORS, MONITOR, Rooms.monitor(MONITOR, new Threshold.Above(1000), 3));
        publish(Topics.MONITORS, "history-empty", Rooms.monitor("history-empty"));
        publish(Topics.MONITORS, "history-odd", odd());
        for (int n = 0; n < RUNS; n++) {
            publish(Rooms.run(MONITOR, slot(n), Rooms.room("a", a(n)), Rooms.room("b", 412.3 + n)));
        }
        publish(Topics.ALERTS, alert(), event(AlertEvent.Type.FIRING, 40, Status.FAILED));
        publish(Topics.ALERTS, alert(), event(AlertEvent.Type.RESOLVED, 50, Status.PASSED));
        publish(
                Topics.NOTIFICATIONS,
                incident(),
                new NotificationEvent(
                        "n1",
                        NotificationEvent.Type.DELIVERY_DELIVERED,
                        slot(41),
                        incident(),
                        alert(),
                        MONITOR,
                        null,
                        "d1",
                        "e1",
                        "ops",
                        1,
                        null,
                        null));
        await().until(() -> count("values") == 2 * RUNS && count("incidents") == 1 && count("notifications") == 1);
    }

    private Instant slot(int n) {
        return start.plus(Rooms.EVERY.multipliedBy(n));
    }

    /** Failed for ten runs from 38 on, and in the last two. */
    private static double a(int n) {
        return (n >= 38 && n < 48) || n >= RUNS - 2 ? 1_200.5 : 500 + n / 7.0;
    }

    private static MonitorDefinition odd() {
        var like = Rooms.monitor("history-odd");
        return new MonitorDefinition(
                like.id(),
                like.origin(),
                like.every(),
                like.timeout(),
                like.source(),
                null,
                like.query(),
                null,
                like.fail(),
                null,
                like.noData(),
                like.onError(),
                like.alert(),
                Map.of("site", "<b>100%</b> \"north\" \ud83c\udf31"),
                null,
                null,
                null);
    }

    private static String alert() {
        return Ids.alert(MONITOR, Map.of("room", "a"));
    }

    private String incident() {
        return Ids.incident(alert(), slot(40));
    }

    private AlertEvent event(AlertEvent.Type type, int n, Status status) {
        return new AlertEvent(
                Ids.event(incident(), type, slot(n)),
                type,
                alert(),
                incident(),
                MONITOR,
                Map.of("room", "a"),
                Map.of("site", "north"),
                status,
                1_200.5,
                "3 consecutive results above 1000",
                "a has 1200.5 ppm",
                slot(n),
                slot(40),
                List.of("ops"));
    }

    private static KafkaProducer<String, byte[]> producer(Map<String, Object> more) {
        var settings = new HashMap<String, Object>(more);
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, TestKafka.bootstrapServers());
        return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }

    private Map<String, Object> settings() {
        var settings = new HashMap<String, Object>();
        settings.put("server.port", 0);
        settings.put("growalert.identity.public-key", identity.publicKey());
        settings.put("growalert.history.kafka", TestKafka.bootstrapServers());
        settings.put("growalert.history.partitions", 2);
        settings.put("growalert.history.sessionTimeout", "6s");
        settings.put("growalert.history.database.url", database.url());
        settings.put("growalert.history.database.username", "postgres");
        return settings;
    }

    @AfterAll
    void stop() {
        service.close();
        producer.close();
        database.close();
    }

    private void publish(CheckResult run) throws Exception {
        publish(Topics.CHECK_RESULTS, run.monitor(), run);
    }

    private void publish(String topic, String key, @Nullable Object value) throws Exception {
        producer.send(new ProducerRecord<>(topic, key, value == null ? null : Json.write(value)))
                .get();
    }

    private long count(String view) {
        return database.jdbc()
                .sql("select count(*) from history.\"%s\"".formatted(view))
                .query(Long.class)
                .single();
    }

    private HttpRequest.Builder request(String path) {
        var port = service.getEnvironment().getProperty("local.server.port");
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", identity.bearer("history-service", "ada", "viewer"));
    }

    private HttpResponse<String> send(String path) throws Exception {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    private JsonNode get(String path) throws Exception {
        var response = send(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    @Test
    void the_list_has_each_monitor_with_its_status_now_and_over_time() throws Exception {
        var page = get("/api/history/monitors?search=" + MONITOR + "&window=24h");

        assertThat(page.path("total").asInt()).isEqualTo(1);
        assertThat(page.path("counts").toString()).isEqualTo("{\"FAILED\":1}");
        var monitor = page.path("monitors").get(0);
        assertThat(monitor.path("id").asString()).isEqualTo(MONITOR);
        assertThat(monitor.path("labels").path("site").asString()).isEqualTo("north");
        assertThat(monitor.path("every").asString()).isEqualTo("PT10S");
        assertThat(monitor.path("status").asString()).isEqualTo("FAILED");
        assertThat(monitor.path("since").asString()).isEqualTo(slot(RUNS - 2).toString());
        assertThat(monitor.path("lastSlot").asString()).isEqualTo(slot(RUNS - 1).toString());
        assertThat(monitor.path("unit").asString()).isEqualTo("ppm");
        assertThat(monitor.path("series").asInt()).isEqualTo(2);
        assertThat(monitor.path("receivers").toString()).isEqualTo("[\"ops\"]");
        assertThat(monitor.path("routed").asBoolean()).isFalse();
        assertThat(monitor.path("bar").size()).isEqualTo(48);
        assertThat(monitor.path("bar").get(47).path("status").asString()).isEqualTo("FAILED");
        assertThat(monitor.path("bar").get(0).path("status").isNull()).isTrue();
    }

    @Test
    void the_list_is_filtered_and_paged_on_the_server() throws Exception {
        assertThat(ids(get("/api/history/monitors?search=HISTORY-"))).hasSize(3);
        assertThat(ids(get("/api/history/monitors?label=monitor-id:" + MONITOR)))
                .containsExactly(MONITOR);
        assertThat(ids(get("/api/history/monitors?status=failed,degraded&search=history")))
                .containsExactly(MONITOR);
        assertThat(ids(get("/api/history/monitors?search=" + URLEncoder.encode("100%</b>", UTF_8))))
                .containsExactly("history-odd");
        assertThat(ids(get("/api/history/monitors?search=h_story"))).isEmpty();

        var first = get("/api/history/monitors?search=history-&limit=2");
        assertThat(ids(first)).containsExactly("history-empty", "history-odd");
        var second = get("/api/history/monitors?search=history-&limit=2&cursor="
                + first.path("next").asString());
        assertThat(ids(second)).containsExactly(MONITOR);
        assertThat(second.has("next")).isFalse();
    }

    private static List<String> ids(JsonNode page) {
        return page.path("monitors")
                .valueStream()
                .map(monitor -> monitor.path("id").asString())
                .toList();
    }

    @Test
    void a_monitor_has_its_definition_and_its_series_the_worst_first() throws Exception {
        var monitor = get("/api/history/monitors/" + MONITOR);

        assertThat(monitor.path("definition").path("fail").toString()).isEqualTo("{\"above\":1000.0}");
        assertThat(monitor.path("seriesTotal").asInt()).isEqualTo(2);
        var a = monitor.path("seriesList").get(0);
        assertThat(a.path("id").asString()).isEqualTo(alert());
        assertThat(a.path("labels").path("room").asString()).isEqualTo("a");
        assertThat(a.path("status").asString()).isEqualTo("FAILED");
        assertThat(a.path("lastValue").asDouble()).isEqualTo(1_200.5);
        assertThat(a.path("progress").path("failed").asInt()).isEqualTo(2);
        assertThat(a.path("progress").path("of").asInt()).isEqualTo(3);
        assertThat(a.path("progress").path("firesAt").asString())
                .isEqualTo(slot(RUNS).toString());
        assertThat(monitor.path("seriesList").get(1).has("progress")).isFalse();
    }

    @Test
    void values_are_read_raw_or_with_minima_and_maxima_kept() throws Exception {
        var raw = get("/api/history/monitors/%s/values?series=%s&from=%s&to=%s"
                .formatted(MONITOR, alert(), slot(0), slot(RUNS)));
        assertThat(raw.path("resolution").asString()).isEqualTo("raw");
        assertThat(raw.path("unit").asString()).isEqualTo("ppm");
        var a = raw.path("series").get(0);
        assertThat(a.path("t").size()).isEqualTo(RUNS);
        assertThat(a.path("mean").get(1).asDouble()).isEqualTo(500 + 1 / 7.0);
        assertThat(a.path("t").get(1).asLong()).isEqualTo(slot(1).getEpochSecond());
        assertThat(a.path("status").get(40).asString()).isEqualTo("FAILED");

        var points = get("/api/history/monitors/%s/values?series=%s&from=%s&to=%s&points=40"
                .formatted(MONITOR, alert(), slot(0), slot(RUNS)));
        assertThat(points.path("series").size()).isEqualTo(1);
        assertThat(points.path("series").get(0).path("t").size()).isBetween(10, 40);
        assertThat(points.path("series")
                        .get(0)
                        .path("max")
                        .valueStream()
                        .mapToDouble(JsonNode::asDouble)
                        .max())
                .hasValue(1_200.5);
        assertThat(points.path("series")
                        .get(0)
                        .path("min")
                        .valueStream()
                        .mapToDouble(JsonNode::asDouble)
                        .min())
                .hasValue(500);
    }

    @Test
    void a_plot_has_thresholds_incidents_and_spans() throws Exception {
        var plot = get("/api/history/monitors/%s/values?series=%s&from=%s".formatted(MONITOR, alert(), slot(0)));

        assertThat(plot.path("thresholds").get(0).path("fail").toString()).isEqualTo("{\"above\":1000.0}");
        var incident = plot.path("incidents").get(0);
        assertThat(incident.path("id").asString()).isEqualTo(incident());
        assertThat(incident.path("series").asString()).isEqualTo(alert());
        assertThat(incident.path("from").asString()).isEqualTo(slot(40).toString());
        assertThat(incident.path("to").asString()).isEqualTo(slot(50).toString());
        assertThat(plot.path("spans").valueStream())
                .filteredOn(span -> span.has("series"))
                .extracting(span -> span.path("status").asString())
                .containsExactly("PASSED", "FAILED", "PASSED", "FAILED");
    }

    @Test
    void the_values_are_complete_as_csv() throws Exception {
        var response = http.send(
                request("/api/history/monitors/%s/values?from=%s&to=%s".formatted(MONITOR, slot(0), slot(RUNS)))
                        .header("Accept", "text/csv")
                        .build(),
                BodyHandlers.ofString());

        var lines = response.body().lines().toList();
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/csv;charset=UTF-8");
        assertThat(lines).hasSize(2 * RUNS + 1).contains(slot(0) + ",b,412.3,PASSED", slot(40) + ",a,1200.5,FAILED");
        assertThat(lines.getFirst()).isEqualTo("slot,room,value,status");
    }

    @Test
    void what_if_decides_as_the_state_machine_and_shows_what_was_decided() throws Exception {
        var path = "/api/history/monitors/%s/what-if?from=%s&to=%s".formatted(MONITOR, slot(0), slot(RUNS));

        var same = get(path);
        assertThat(same.path("complete").asBoolean()).isTrue();
        assertThat(same.path("actual").toString())
                .contains("\"from\":\"%s\",\"to\":\"%s\"".formatted(slot(40), slot(50)));
        assertThat(periods(same)).containsExactly(slot(40) + " " + slot(48));

        assertThat(periods(get(path + "&after=1"))).containsExactly(slot(38) + " " + slot(48), slot(RUNS - 2) + " ");
        assertThat(periods(get(path + "&for=30s"))).containsExactly(slot(41) + " " + slot(48));
        assertThat(periods(get(path + "&resolveAfter=3"))).containsExactly(slot(40) + " " + slot(50));
        assertThat(periods(get(path + "&above=1200.5"))).isEmpty();
        assertThat(periods(get(path + "&above=1200.4999&after=11"))).isEmpty();
        assertThat(periods(get(path + "&outside=0,420&after=100"))).containsExactly(slot(RUNS - 1) + " ");
    }

    private static List<String> periods(JsonNode view) {
        return view.path("whatIf")
                .valueStream()
                .map(each ->
                        each.path("from").asString() + " " + each.path("to").asString(""))
                .toList();
    }

    @Test
    void an_incident_has_its_transitions_and_notifications() throws Exception {
        var incident = get("/api/history/incidents/" + incident());

        assertThat(incident.path("monitor").asString()).isEqualTo(MONITOR);
        assertThat(incident.path("transitions").valueStream().map(each -> each.path("type")
                        .asString()))
                .containsExactly("firing", "resolved");
        assertThat(incident.path("notifications").get(0).path("receiver").asString())
                .isEqualTo("ops");
        assertThat(send("/api/history/incidents/none").statusCode()).isEqualTo(404);
    }

    @Test
    void a_status_page_has_what_matches_without_labels() throws Exception {
        var status = get("/api/history/status?match=site%3Dnorth&match=monitor%3D~history-.*");

        assertThat(status.path("status").asString()).isEqualTo("FAILED");
        assertThat(ids(status)).contains(MONITOR).doesNotContain("history-odd");
        assertThat(status.toString()).doesNotContain("north");
        assertThat(status.path("incidents").get(0).path("monitor").asString()).isEqualTo(MONITOR);
    }

    @Test
    void wrong_requests_are_problems_that_name_the_parameter() throws Exception {
        for (var wrong : List.of(
                "monitors?window=1h",
                "monitors?status=green",
                "monitors?label=site",
                "monitors?limit=0",
                "monitors/" + MONITOR + "/values?from=yesterday",
                "monitors/" + MONITOR + "/values?from=2026-11-24T07:00:00Z&to=2026-11-24T06:00:00Z",
                "monitors/" + MONITOR + "/values?points=1001",
                "monitors/" + MONITOR + "/what-if?above=NaN",
                "monitors/" + MONITOR + "/what-if?outside=5,1",
                "monitors/" + MONITOR + "/what-if?for=soon",
                "status?match=site")) {
            var response = send("/api/history/" + wrong);
            assertThat(response.statusCode()).as(wrong).isEqualTo(400);
            assertThat(response.body()).contains("\"code\":\"invalid_field\"", "\"field\":");
        }
        assertThat(send("/api/history/monitors/none").body()).contains("\"code\":\"unknown_monitor\"");
        assertThat(send("/api/history/monitors/none/values").statusCode()).isEqualTo(404);
        assertThat(send("/api/history/monitors/none/what-if").statusCode()).isEqualTo(404);
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

    private List<Double> values(String monitor) {
        return database.jdbc()
                .sql("select value from history.values where monitor = :monitor order by slot")
                .param("monitor", monitor)
                .query(Double.class)
                .list();
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

    private static void readUntil(String wanted, BufferedReader lines, List<String> events) throws Exception {
        String line = lines.readLine();
        while (line != null && !line.equals(wanted)) {
            events.add(line);
            line = lines.readLine();
        }
        assertThat(line).as("%s", events).isEqualTo(wanted);
    }

    @Test
    void health_and_metrics_show_what_is_stored() throws Exception {
        assertThat(send("/actuator/health").body()).contains("\"status\":\"UP\"");
        await().until(() -> send("/actuator/prometheus").body().contains("growalert_history_records_total{"));
        assertThat(send("/actuator/prometheus").body())
                .contains("growalert_history_lag", "growalert_history_compacted_total");
    }
}
