package io.growalert.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.events.Entitlement;
import io.growalert.events.Topics;
import io.growalert.runtime.kafka.KafkaConnection;
import io.growalert.runtime.kafka.TopicCreator;
import io.growalert.testkit.TestKafka;
import java.net.URLEncoder;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the API answers, on a real broker and a real database. */
class MonitorHistoryApiTest extends RunningHistory {
    MonitorHistoryApiTest() {
        super("api");
    }

    @Test
    void the_list_has_each_monitor_with_its_status_now_and_over_time() throws Exception {
        var page = get("/api/history/monitors?search=" + monitor + "&window=24h");

        assertThat(page.path("total").asInt()).isEqualTo(1);
        assertThat(page.path("counts").toString()).isEqualTo("{\"FAILED\":1}");
        var row = page.path("monitors").get(0);
        assertThat(row.path("id").asString()).isEqualTo(monitor);
        assertThat(row.path("labels").path("site").asString()).isEqualTo("north");
        assertThat(row.path("every").asString()).isEqualTo("PT10S");
        assertThat(row.path("status").asString()).isEqualTo("FAILED");
        assertThat(row.path("since").asString()).isEqualTo(slot(RUNS - 2).toString());
        assertThat(row.path("lastSlot").asString()).isEqualTo(slot(RUNS - 1).toString());
        assertThat(row.path("unit").asString()).isEqualTo("ppm");
        assertThat(row.path("series").asInt()).isEqualTo(2);
        assertThat(row.path("receivers").toString()).isEqualTo("[\"ops\"]");
        assertThat(row.path("routed").asBoolean()).isFalse();
        assertThat(row.path("bar").size()).isEqualTo(48);
        assertThat(row.path("bar").get(47).path("status").asString()).isEqualTo("FAILED");
        assertThat(row.path("bar").get(0).path("status").isNull()).isTrue();
    }

    @Test
    void the_list_is_filtered_and_paged_on_the_server() throws Exception {
        assertThat(ids(get("/api/history/monitors?search=API-"))).hasSize(3);
        assertThat(ids(get("/api/history/monitors?label=monitor-id:" + monitor)))
                .containsExactly(monitor);
        assertThat(ids(get("/api/history/monitors?status=failed,degraded&search=api-")))
                .containsExactly(monitor);
        assertThat(ids(get("/api/history/monitors?search=" + URLEncoder.encode("100%</b>", UTF_8))))
                .contains("api-odd")
                .doesNotContain(monitor);
        assertThat(ids(get("/api/history/monitors?search=a_i-"))).isEmpty();

        var first = get("/api/history/monitors?search=api-&limit=2");
        assertThat(ids(first)).containsExactly("api-empty", "api-odd");
        var second = get("/api/history/monitors?search=api-&limit=2&cursor="
                + first.path("next").asString());
        assertThat(ids(second)).containsExactly(monitor);
        assertThat(second.has("next")).isFalse();
    }

    @Test
    void a_monitor_has_its_definition_and_its_series_the_worst_first() throws Exception {
        var found = get("/api/history/monitors/" + monitor);

        assertThat(found.path("definition").path("fail").toString()).isEqualTo("{\"above\":1000.0}");
        assertThat(found.path("seriesTotal").asInt()).isEqualTo(2);
        var a = found.path("seriesList").get(0);
        assertThat(a.path("id").asString()).isEqualTo(alert());
        assertThat(a.path("labels").path("room").asString()).isEqualTo("a");
        assertThat(a.path("status").asString()).isEqualTo("FAILED");
        assertThat(a.path("lastValue").asDouble()).isEqualTo(1_200.5);
        assertThat(a.path("progress").path("failed").asInt()).isEqualTo(2);
        assertThat(a.path("progress").path("of").asInt()).isEqualTo(3);
        assertThat(a.path("progress").path("firesAt").asString())
                .isEqualTo(slot(RUNS).toString());
        assertThat(found.path("seriesList").get(1).has("progress")).isFalse();
    }

    @Override
    Map<String, Object> settings() {
        var settings = super.settings();
        settings.put("growalert.entitlements.enforce", true);
        return settings;
    }

    @Test
    void a_monitor_whose_customer_has_no_subscription_any_longer_is_paused() throws Exception {
        var unpaid = "unpaid-rooms";
        var customer = "cus_MonitorHistoryApiTest";
        var ended = Instant.parse("2026-01-01T00:00:00Z");
        publish(Topics.MONITORS, unpaid, Rooms.paidBy(customer, unpaid));
        new TopicCreator(KafkaConnection.at(TestKafka.bootstrapServers()), 2)
                .createMissing(List.of(Topics.ENTITLEMENTS));
        publish(Topics.ENTITLEMENTS, customer, new Entitlement(customer, 1, ended, "canceled", false, ended));
        publish(Topics.ENTITLEMENTS, Entitlement.HEARTBEAT, null);

        var path = "/api/history/monitors/" + unpaid;
        await().atMost(Duration.ofMinutes(1)).ignoreExceptions().untilAsserted(() -> assertThat(
                        get(path).path("paused").asString())
                .isEqualTo("subscription ended"));
        assertThat(get("/api/history/monitors?search=" + unpaid)
                        .path("monitors")
                        .get(0)
                        .path("paused")
                        .asString())
                .isEqualTo("subscription ended");
        assertThat(get("/api/history/monitors/" + monitor).has("paused")).isFalse();
    }

    @Test
    void a_series_that_vanished_is_listed_on_request() throws Exception {
        var vanished = "vanished-rooms";
        publish(Topics.MONITORS, vanished, Rooms.monitor(vanished));
        publish(Rooms.run(vanished, slot(RUNS - 1), Rooms.room("a", 1), Rooms.room("b", 1)));
        await().until(() -> values(vanished).size() == 2);
        database.jdbc()
                .sql(
                        "update history.status_spans set until = :at where series = (select id from history.series"
                                + " where labels->>'room' = 'b' and monitor = (select id from history.monitors where monitor = :m))")
                .param("at", slot(RUNS).atOffset(ZoneOffset.UTC))
                .param("m", vanished)
                .update();

        var path = "/api/history/monitors/" + vanished;
        assertThat(get(path).path("seriesList").size()).isEqualTo(1);
        var all = get(path + "?since=" + slot(RUNS - 1));
        assertThat(all.path("seriesTotal").asInt()).isEqualTo(2);
        assertThat(all.path("seriesList").get(1).path("labels").path("room").asString())
                .isEqualTo("b");
        assertThat(get(path + "?since=" + slot(RUNS + 1)).path("seriesList").size())
                .isEqualTo(1);
    }

    @Test
    void values_are_read_raw_or_with_minima_and_maxima_kept() throws Exception {
        var raw = get("/api/history/monitors/%s/values?series=%s&from=%s&to=%s"
                .formatted(monitor, alert(), slot(0), slot(RUNS)));
        assertThat(raw.path("resolution").asString()).isEqualTo("raw");
        assertThat(raw.path("unit").asString()).isEqualTo("ppm");
        var a = raw.path("series").get(0);
        assertThat(a.path("t").size()).isEqualTo(RUNS);
        assertThat(a.path("mean").get(1).asDouble()).isEqualTo(500 + 1 / 7.0);
        assertThat(a.path("t").get(1).asLong()).isEqualTo(slot(1).getEpochSecond());
        assertThat(a.path("status").get(40).asString()).isEqualTo("FAILED");

        var points = get("/api/history/monitors/%s/values?series=%s&from=%s&to=%s&points=40"
                .formatted(monitor, alert(), slot(0), slot(RUNS)));
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
        var plot = get("/api/history/monitors/%s/values?series=%s&from=%s&to=%s"
                .formatted(monitor, alert(), slot(0), slot(10 * RUNS)));

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
                request("/api/history/monitors/%s/values?from=%s&to=%s".formatted(monitor, slot(0), slot(RUNS)))
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
        var path = "/api/history/monitors/%s/what-if?from=%s&to=%s".formatted(monitor, slot(0), slot(RUNS));

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

    @Test
    void an_incident_has_its_transitions_and_notifications() throws Exception {
        var incident = get("/api/history/incidents/" + incident());

        assertThat(incident.path("monitor").asString()).isEqualTo(monitor);
        assertThat(incident.path("transitions").valueStream().map(each -> each.path("type")
                        .asString()))
                .containsExactly("firing", "resolved");
        assertThat(incident.path("notifications").get(0).path("receiver").asString())
                .isEqualTo("ops");
        assertThat(send("/api/history/incidents/none").statusCode()).isEqualTo(404);
    }

    @Test
    void a_status_page_has_what_matches_without_labels() throws Exception {
        var status = get("/api/history/status?match=site%3Dnorth&match=monitor%3D~api-.*");

        assertThat(status.path("status").asString()).isEqualTo("FAILED");
        assertThat(ids(status)).contains(monitor).doesNotContain("api-odd");
        assertThat(status.toString()).doesNotContain("north");
        assertThat(status.path("incidents").get(0).path("monitor").asString()).isEqualTo(monitor);
    }

    @Test
    void wrong_requests_are_problems_that_name_the_parameter() throws Exception {
        for (var wrong : List.of(
                "monitors?window=1h",
                "monitors?status=green",
                "monitors?label=site",
                "monitors?limit=0",
                "monitors/" + monitor + "/values?from=yesterday",
                "monitors/" + monitor + "/values?from=2026-11-24T07:00:00Z&to=2026-11-24T06:00:00Z",
                "monitors/" + monitor + "/values?points=1001",
                "monitors/" + monitor + "/what-if?above=NaN",
                "monitors/" + monitor + "/what-if?above=0x1p3",
                "monitors/" + monitor + "/what-if?above=1d",
                "monitors/" + monitor + "/what-if?above=1&below=2",
                "monitors/" + monitor + "/what-if?degradedAbove=1&degradedInside=1,2",
                "monitors/" + monitor + "/what-if?after=1&for=5m",
                "monitors/" + monitor + "/what-if?from=9999-01-01T00:00:00Z",
                "monitors/" + monitor + "/values?from=9999-01-01T00:00:00Z",
                "monitors/" + monitor + "/what-if?outside=5,1",
                "monitors/" + monitor + "/what-if?for=soon",
                "status?match=site",
                "status?" + "match=site%3Dnorth&".repeat(21),
                "status?page=1",
                "monitors?sort=id",
                "monitors/" + monitor + "?points=1",
                "monitors/" + monitor + "/values?step=1",
                "monitors/" + monitor + "/what-if?threshold=1")) {
            var response = send("/api/history/" + wrong);
            assertThat(response.statusCode()).as(wrong).isEqualTo(400);
            assertThat(response.body()).contains("\"code\":\"invalid_field\"", "\"field\":");
        }
        assertThat(send("/api/history/monitors/none").body()).contains("\"code\":\"unknown_monitor\"");
        assertThat(send("/api/history/monitors/none/values").statusCode()).isEqualTo(404);
        assertThat(send("/api/history/monitors/none/what-if").statusCode()).isEqualTo(404);
    }

    private static List<String> ids(JsonNode page) {
        return page.path("monitors")
                .valueStream()
                .map(monitor -> monitor.path("id").asString())
                .toList();
    }

    private static List<String> periods(JsonNode view) {
        return view.path("whatIf")
                .valueStream()
                .map(each ->
                        each.path("from").asString() + " " + each.path("to").asString(""))
                .toList();
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    @Test
    void labels_are_found_by_their_own_text_however_json_escapes_it() throws Exception {
        var id = "labelled";
        publish(Topics.MONITORS, id, Rooms.monitor(id, Map.of("site", "q\"b\\c\nd", "colon:name", "v:w")));
        var path = "/api/history/monitors?";
        await().until(() -> ids(get(path + "search=" + id)).contains(id));

        for (var search : List.of("Q\"b\\c\nD", "\"B\\", "lon:na", "v:w")) {
            assertThat(ids(get(path + "search=" + escaped(search)))).as(search).containsExactly(id);
        }
        assertThat(ids(get(path + "search=" + escaped("\": \"")))).isEmpty();
        for (var label : List.of("colon:name:v:w", "site:q\"b\\c\nd")) {
            assertThat(ids(get(path + "label=" + escaped(label)))).as(label).containsExactly(id);
        }
        assertThat(ids(get(path + "label=colon:name:v"))).isEmpty();
    }

    @Test
    void an_unreadable_definition_hides_only_its_own_monitor_from_the_list_its_pages_and_status_pages()
            throws Exception {
        for (var id : List.of("spoilt-a", "spoilt-b", "spoilt-c")) {
            publish(Topics.MONITORS, id, Rooms.monitor(id));
        }
        await().until(() -> ids(get("/api/history/monitors?search=spoilt")).size() == 3);
        database.jdbc()
                .sql("update history.monitors set definition = '{\"id\": 1}' where monitor in ('spoilt-a', 'spoilt-b')")
                .update();

        assertThat(ids(get("/api/history/monitors?search=spoilt"))).containsExactly("spoilt-c");
        var first = get("/api/history/monitors?search=spoilt&limit=1");
        var second = get("/api/history/monitors?search=spoilt&limit=1&cursor="
                + first.path("next").asString());
        assertThat(ids(get("/api/history/monitors?search=spoilt&limit=1&cursor="
                        + second.path("next").asString())))
                .containsExactly("spoilt-c");
        assertThat(send("/api/history/monitors/spoilt-a").statusCode()).isEqualTo(404);
        assertThat(send("/api/history/status?match=site%3Dnorth").statusCode()).isEqualTo(200);
    }
}
