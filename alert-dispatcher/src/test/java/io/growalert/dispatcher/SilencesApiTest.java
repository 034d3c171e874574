package io.growalert.dispatcher;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.growalert.events.Json;
import io.growalert.events.Topics;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Silences and mutes through the API. */
class SilencesApiTest extends DispatcherFixture {
    @Test
    void only_a_monitor_that_exists_can_be_muted() throws Exception {
        var until = Instant.now().plusSeconds(3_600);
        var body = "{\"until\": \"%s\", \"comment\": \"cleaning\"}".formatted(until);

        assertProblem(mute("nothing-like-it", body), 404, "not_found", "no monitor with the id 'nothing-like-it'");

        var monitor = definition("known-co2");
        send(new ProducerRecord<>(Topics.MONITORS, monitor.id(), Json.write(monitor)));
        assertThat(mute("known-co2", body).statusCode()).isEqualTo(200);
        assertThat(send("DELETE", "/api/monitors/known-co2/mute", "").statusCode())
                .isEqualTo(204);
        send(new ProducerRecord<>(Topics.MONITORS, monitor.id(), null));
        assertThat(mute("known-co2", body).statusCode()).isEqualTo(404);
    }

    @Test
    void a_mute_that_the_database_would_not_store_is_a_bad_request() throws Exception {
        for (var body : List.of(
                "{\"until\": \"+10000-01-01T00:00:00Z\", \"comment\": \"x\"}",
                "{\"until\": \"+999999999-12-31T23:59:59Z\", \"comment\": \"x\"}",
                "{\"until\": \"%s\", \"comment\": \"a\\u0000b\"}"
                        .formatted(Instant.now().plusSeconds(3_600)))) {
            assertThat(send("PUT", "/api/monitors/mute-co2/mute", body).statusCode())
                    .as(body)
                    .isEqualTo(400);
        }
    }

    @Test
    void a_key_that_no_change_has_is_a_problem_that_names_it_and_changes_nothing() throws Exception {
        var until = Instant.now().plusSeconds(3_600);
        var silence = "{\"matchers\": [\"site=typo\"], \"startAt\": \"%1$s\", \"endsAt\": \"%1$s\", \"comment\": \"c\"}"
                .formatted(until);
        var unknown = "startAt: unknown key; expected matchers, startsAt, endsAt, comment";

        assertProblem(send("POST", "/api/silences", silence), 400, "invalid_field", unknown);
        assertProblem(send("PUT", "/api/silences/any", silence), 400, "invalid_field", unknown);
        assertProblem(
                mute("any", "{\"untill\": \"%s\", \"comment\": \"c\"}".formatted(until)),
                400,
                "invalid_field",
                "untill: unknown key; expected until, comment");
        assertProblem(
                send("PUT", "/api/incidents/any/ack", "{\"till\": \"%s\"}".formatted(until)),
                400,
                "invalid_field",
                "till: unknown key; expected until, comment");
        assertProblem(
                send("POST", "/api/deliveries/redrive", "{\"reciever\": \"ops\"}"),
                400,
                "invalid_field",
                "reciever: unknown key; expected receiver, since");
        assertThat(get("/api/silences").body()).doesNotContain("site=typo");
    }

    @Test
    void a_parameter_that_no_list_has_is_a_problem_that_names_it() throws Exception {
        assertProblem(
                get("/api/incidents?reciever=ops"),
                400,
                "invalid_field",
                "reciever: unknown parameter; expected one of cursor, ");
        assertProblem(get("/api/silences?status=active"), 400, "invalid_field", "status: unknown parameter");
        assertProblem(get("/api/deliveries?severity=x"), 400, "invalid_field", "severity: unknown parameter");
        assertThat(get("/api/deliveries?state=held&offset=0&limit=1&match=site=x")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_time_that_is_too_late_is_answered_with_the_latest() throws Exception {
        var late = "9999-12-31T23:59:59.999999999Z";
        var latest = "at the latest 9999-12-31T23:59:59Z";

        assertProblem(
                mute("any", "{\"until\": \"%s\", \"comment\": \"c\"}".formatted(late)), 400, "invalid_field", latest);
        assertProblem(
                send("PUT", "/api/incidents/any/ack", "{\"until\": \"%s\"}".formatted(late)),
                400,
                "invalid_field",
                latest);
        assertProblem(
                send(
                        "POST",
                        "/api/silences",
                        "{\"matchers\": [\"site=x\"], \"endsAt\": \"%s\", \"comment\": \"c\"}".formatted(late)),
                400,
                "invalid_field",
                latest);
    }

    @Test
    void a_mute_is_put_listed_and_ended() throws Exception {
        send(new ProducerRecord<>(Topics.MONITORS, "mute-co2", Json.write(definition("mute-co2"))));
        var until = Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS);
        var put = send(
                "PUT",
                "/api/monitors/mute-co2/mute",
                "{\"until\": \"%s\", \"comment\": \"cleaning\"}".formatted(until));
        assertThat(put.statusCode()).isEqualTo(200);
        assertThat(get("/api/mutes").body()).contains("mute-co2").contains("cleaning");
        var events = AlertEvents.of("mute-co2", "ops");
        publish(events.firing(0));
        await().atMost(20, SECONDS)
                .until(() -> get("/api/deliveries?state=held").body().contains("mute-co2"));

        assertThat(send("DELETE", "/api/monitors/mute-co2/mute", "").statusCode())
                .isEqualTo(204);

        await().atMost(20, SECONDS).until(() -> received("mute-co2").size() == 1);
        assertThat(send("DELETE", "/api/monitors/mute-co2/mute", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_silence_is_created_changed_listed_and_ended() throws Exception {
        var until = Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS);
        var created = send("POST", "/api/silences", silence("monitor=silence-co2", until));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        var silence = json(created);
        var path = "/api/silences/" + silence.get("id");
        assertThat(created.headers().firstValue("location")).contains(path);
        assertThat(silence)
                .containsEntry("matchers", List.of("monitor=silence-co2"))
                .containsEntry("endsAt", until.toString())
                .containsEntry("comment", "cleaning")
                .containsEntry("createdBy", "ann")
                .containsEntry("origin", "api")
                .containsEntry("state", "active")
                .containsEntry("held", 0)
                .containsEntry("endedAt", null);
        var events = AlertEvents.of("silence-co2", "ops");
        publish(events.firing(0));
        await().atMost(20, SECONDS).until(() -> Objects.equals(json(get(path)).get("held"), 1));
        assertThat(get("/api/silences").body()).contains("silence-co2").contains("\"held\":1");
        assertThat(get("/api/silences?state=pending").body()).doesNotContain("silence-co2");

        var changed = send("PUT", path, silence("monitor=another", until.plusSeconds(60)));

        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        assertThat(json(changed))
                .containsEntry("endsAt", until.plusSeconds(60).toString())
                .containsEntry("startsAt", silence.get("startsAt"))
                .containsEntry("held", 0);
        await().atMost(20, SECONDS).until(() -> received("silence-co2").size() == 1);

        assertThat(send("DELETE", path, "").statusCode()).isEqualTo(204);
        assertThat(send("DELETE", path, "").statusCode()).isEqualTo(204);
        assertThat(json(get(path))).containsEntry("state", "ended");
        assertProblem(send("PUT", path, silence("monitor=another", until)), 409, "silence_ended", "create another");
        assertProblem(send("DELETE", "/api/silences/nothing", ""), 404, "not_found", "no silence");
        assertProblem(send("PUT", "/api/silences/nothing", silence("a=b", until)), 404, "not_found", "no silence");
    }

    @Test
    void a_scheduled_silence_is_pending_and_the_mute_of_a_monitor_is_changed_as_a_mute() throws Exception {
        var start = Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS);
        var scheduled = send(
                "POST",
                "/api/silences",
                "{\"matchers\": [\"site=x\"], \"startsAt\": \"%s\", \"endsAt\": \"%s\", \"comment\": \"c\"}"
                        .formatted(start, start.plusSeconds(60)));
        assertThat(json(scheduled)).containsEntry("state", "pending").containsEntry("startsAt", start.toString());

        send(new ProducerRecord<>(Topics.MONITORS, "short-co2", Json.write(definition("short-co2"))));
        assertThat(mute("short-co2", "{\"until\": \"%s\", \"comment\": \"c\"}".formatted(start))
                        .statusCode())
                .isEqualTo(200);
        assertThat(json(get("/api/silences/monitor-short-co2")))
                .containsEntry("origin", "monitor")
                .containsEntry("matchers", List.of("monitor=short-co2"));
        assertProblem(
                send("PUT", "/api/silences/monitor-short-co2", silence("a=b", start)),
                409,
                "silence_not_editable",
                "/api/monitors/{id}/mute");
        assertThat(send("DELETE", "/api/silences/monitor-short-co2", "").statusCode())
                .isEqualTo(204);
        assertThat(get("/api/mutes").body()).doesNotContain("short-co2");
    }

    @Test
    void every_invalid_silence_is_a_problem_with_the_expected_value() throws Exception {
        var until = Instant.now().plusSeconds(3_600);
        assertSilenceProblem("{nonsense", "malformed_json", "expected JSON");
        assertSilenceProblem("{\"matchers\": \"site=north\"}", "malformed_json", "expected JSON");
        assertSilenceProblem("{}", "invalid_field", "matchers: expected from 1 to 20");
        assertSilenceProblem("{\"matchers\": []}", "invalid_field", "matchers: expected from 1 to 20");
        assertSilenceProblem(
                "{\"matchers\": [%s]}".formatted(String.join(",", Collections.nCopies(21, "\"a=b\""))),
                "invalid_field",
                "matchers: expected from 1 to 20");
        assertSilenceProblem("{\"matchers\": [null]}", "invalid_field", "matchers: ");
        assertSilenceProblem("{\"matchers\": [\"site\"]}", "invalid_field", "expected a label");
        assertSilenceProblem("{\"matchers\": [\"site=~(\"]}", "invalid_field", "no pattern");
        assertSilenceProblem("{\"matchers\": [\"a=b\\u0000\"]}", "invalid_field", "matchers: ");
        assertSilenceProblem(silence("a=" + "b".repeat(1_300), until), "invalid_field", "at most 1200 characters");
        assertSilenceProblem(silence("site=~.*", until), "invalid_field", "an absent label");
        assertSilenceProblem("{\"matchers\": [\"a=b\"], \"comment\": \"c\"}", "invalid_field", "endsAt: ");
        assertSilenceProblem(silence("a=b", Instant.now().minusSeconds(60)), "invalid_field", "in the future");
        assertSilenceProblem(
                "{\"matchers\": [\"a=b\"], \"startsAt\": \"%s\", \"endsAt\": \"%s\", \"comment\": \"c\"}"
                        .formatted(until, until),
                "invalid_field",
                "after startsAt");
        assertSilenceProblem(
                "{\"matchers\": [\"a=b\"], \"endsAt\": \"%s\"}".formatted(until), "invalid_field", "comment: ");
        assertSilenceProblem(
                "{\"matchers\": [\"a=b\"], \"endsAt\": \"%s\", \"comment\": \"%s\"}"
                        .formatted(until, "c".repeat(1_001)),
                "invalid_field",
                "at most 1000 characters");
        assertProblem(get("/api/silences?state=old"), 400, "invalid_field", "expected one of pending, active, ended");
        assertProblem(get("/api/silences/nothing"), 404, "not_found", "no silence");
    }

    private void assertSilenceProblem(String body, String code, String detail) throws Exception {
        assertProblem(send("POST", "/api/silences", body), 400, code, detail);
    }
}
