package io.growalert.dispatcher;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.events.Topics;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.json.JsonMapper;

/** Redrives, acknowledgements of parked deliveries, and the audit of changes. */
@ExtendWith(OutputCaptureExtension.class)
class DeliveriesApiTest extends DispatcherFixture {
    @Test
    void parked_deliveries_are_listed_and_can_be_redriven() throws Exception {
        var events = AlertEvents.of("redrive-co2", "ops");
        answer = 410;
        publish(events.firing(0));
        var id = Ids.delivery(events.firing(0).id(), "ops");
        await().atMost(20, SECONDS)
                .until(() -> get("/api/deliveries?state=parked").body().contains(id));
        answer = 200;

        assertThat(post("/api/deliveries/" + id + "/redrive").statusCode()).isEqualTo(202);

        await().atMost(20, SECONDS).until(() -> received("redrive-co2").size() == 2);
        assertThat(received("redrive-co2")).extracting(Hook::id).containsOnly(id);
        await().atMost(10, SECONDS)
                .untilAsserted(() -> assertProblem(
                        post("/api/deliveries/" + id + "/redrive"), 409, "not_parked", "this one is delivered"));
    }

    @Test
    void parked_deliveries_are_logged_degrade_health_and_are_acknowledged_or_redriven_together(CapturedOutput output)
            throws Exception {
        var since = Instant.now().minusSeconds(60);
        answer = 410;
        var events = List.of(
                AlertEvents.of("many-1", "ops"), AlertEvents.of("many-2", "ops"), AlertEvents.of("many-3", "ops"));
        for (var one : events) {
            publish(one.firing(0));
        }
        await().atMost(20, SECONDS).untilAsserted(() -> {
            assertThat(get("/api/deliveries?state=parked").body()).contains("many-1", "many-2", "many-3");
            assertThat(get("/actuator/health").statusCode()).isEqualTo(200);
            assertThat(get("/actuator/health").body())
                    .contains("\"parked\":{\"ops\":")
                    .endsWith("\"status\":\"DEGRADED\"}");
            assertThat(output).containsPattern("ERROR.*ParkedLog.*Deliveries parked");
        });
        answer = 200;

        assertThat(post("/api/deliveries/acknowledge-parked").body()).containsPattern("\"deliveries\":[1-9]");

        await().atMost(20, SECONDS)
                .untilAsserted(() -> assertThat(get("/actuator/health").body()).doesNotContain("DEGRADED"));
        assertThat(received("many-1")).hasSize(1);
        var redriven =
                send("POST", "/api/deliveries/redrive", "{\"receiver\": \"ops\", \"since\": \"%s\"}".formatted(since));
        assertThat(redriven.statusCode()).as(redriven.body()).isEqualTo(200);
        assertThat(redriven.body()).containsPattern("\"due\":[3-9]").contains("\"superseded\":0");
        await().atMost(20, SECONDS).untilAsserted(() -> assertThat(events)
                .allSatisfy(one -> assertThat(received(one.monitor())).hasSize(2)));
    }

    @Test
    void changes_are_audited_with_who_what_before_and_after() throws Exception {
        var monitor = definition("audited-co2");
        send(new ProducerRecord<>(Topics.MONITORS, monitor.id(), Json.write(monitor)));
        var until = Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS);
        var body = "{\"until\": \"%s\", \"comment\": \"audit\"}".formatted(until);
        await().atMost(30, SECONDS).until(() -> mute("audited-co2", body).statusCode() == 200);

        assertThat(send("DELETE", "/api/monitors/audited-co2/mute", "").statusCode())
                .isEqualTo(204);
        // refused, and so no row
        assertThat(send("DELETE", "/api/monitors/audited-co2/mute", "").statusCode())
                .isEqualTo(404);

        var entries = audit("audited-co2");
        assertThat(entries)
                .extracting(entry -> "%s %s %s %s %s"
                        .formatted(
                                entry.path("operator").asString(),
                                entry.path("role").asString(),
                                entry.path("action").asString(),
                                entry.path("before").path("comment").asString(""),
                                entry.path("after").path("comment").asString("")))
                .containsExactly("ann operator unmute audit ", "ann operator mute  audit");
        assertThat(Instant.parse(entries.getFirst().path("at").asString())).isBetween(until.minusSeconds(3_700), until);
        var last = entries.getFirst().path("id").asLong();
        assertThat(JsonMapper.shared()
                        .readTree(get("/api/audit?limit=1&before=" + last).body()))
                .singleElement()
                .satisfies(entry -> assertThat(entry.path("id").asLong())
                        .isEqualTo(entries.getLast().path("id").asLong()));
        assertProblem(get("/api/audit?limit=0"), 400, "invalid_field", "from 1 to 1000");
    }

    @Test
    void every_kind_of_change_has_its_audit_row() throws Exception {
        var until = Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS);
        var silence = json(send("POST", "/api/silences", silence("monitor=audit-silence", until)));
        var id = String.valueOf(silence.get("id"));
        assertThat(send("PUT", "/api/silences/" + id, silence("monitor=audit-other", until))
                        .statusCode())
                .isEqualTo(200);
        assertThat(send("DELETE", "/api/silences/" + id, "").statusCode()).isEqualTo(204);
        // has ended already, and so no row
        assertThat(send("DELETE", "/api/silences/" + id, "").statusCode()).isEqualTo(204);
        assertThat(actions(id)).containsExactly("ann end-silence", "ann change-silence", "ann create-silence");
        var changed = audit(id).get(1);
        assertThat(changed.path("before").path("matchers").path(0).asString()).isEqualTo("monitor=audit-silence");
        assertThat(changed.path("after").path("matchers").path(0).asString()).isEqualTo("monitor=audit-other");
        assertThat(audit(id).getLast().path("before").isNull()).isTrue();
        assertThat(audit(id).getFirst().path("after").path("endedAt").isMissingNode())
                .isFalse();

        answer = 410;
        var events = AlertEvents.of("audit-redrive", "ops");
        publish(events.firing(0));
        var delivery = Ids.delivery(events.firing(0).id(), "ops");
        await().atMost(20, SECONDS)
                .until(() -> get("/api/deliveries?state=parked").body().contains(delivery));
        answer = 200;
        var before = actions("deliveries").size();
        assertThat(post("/api/deliveries/acknowledge-parked").statusCode()).isEqualTo(200);
        assertThat(actions("deliveries")).hasSize(before + 1).startsWith("ann acknowledge-parked");
        assertThat(post("/api/deliveries/" + delivery + "/redrive").statusCode())
                .isEqualTo(202);
        assertThat(actions(delivery)).containsExactly("ann redrive");
        send("POST", "/api/deliveries/redrive", "{\"receiver\": \"console\", \"since\": \"%s\"}".formatted(until));
        assertThat(actions("console")).containsExactly("ann redrive-receiver");
    }
}
