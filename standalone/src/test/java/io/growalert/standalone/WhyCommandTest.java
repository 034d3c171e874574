package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.testkit.StubServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The explanation of an incident, against a dispatcher with prepared responses. */
class WhyCommandTest {
    private static final String REPORT = """
            {"incident": {"incident": "cjmc2", "alert": "wjlua", "monitor": "room-co2", "series": {"room": "office"}, "labels": {},
              "status": "FAILED", "value": 1203.5, "reason": "above 1000", "summary": "office has 1203.5 ppm",
              "firingSince": "2026-11-24T07:00:30Z", "resolvedAt": null},
             "rule": "failed above 1000 ppm; every 30s", "receivers": [],
             "routes": {"labels": {}, "receivers": ["ops"], "branches": [{"route": "routes.routes[0]", "receivers": ["ops"],
               "groupBy": ["site"], "group": {"site": "north"}, "heldUntil": null, "why": ["routes", "routes.routes[0] site=north"]}]},
             "transitions": [{"receivedAt": "2026-11-24T07:00:30.1Z", "event": {"type": "firing", "slot": "2026-11-24T07:00:30Z",
               "status": "FAILED", "value": 1203.5, "unit": "ppm", "reason": "3 consecutive results above 1000 ppm"}}],
             "silences": [{"id": "7b0e", "matchers": ["site=north"], "startsAt": "2026-11-24T06:00:00Z",
               "endsAt": "2026-11-24T18:00:00Z", "endedAt": "2026-11-24T07:10:00Z", "comment": "clean\\u001b[31ming", "createdBy": "anna"}],
             "acknowledgements": [{"by": "ann", "at": "2026-11-24T07:20:00Z", "until": null, "endedAt": null, "comment": "on my way"}],
             "deliveries": [{"id": "mzxw6", "receiver": "ops", "state": "delivered", "detail": "HTTP 200", "heldBy": [], "attempts": 2,
               "attemptHistory": [
                 {"attempt": 2, "startedAt": "2026-11-24T07:10:02Z", "durationMs": 31, "outcome": "delivered", "status": 200, "answer": "ok"},
                 {"attempt": 1, "startedAt": "2026-11-24T07:10:00Z", "durationMs": 10000, "outcome": "retry", "status": null,
                  "answer": null}]}]}
            """;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private final StubServer server = new StubServer();
    private int status = 200;
    private String answer = REPORT;

    @BeforeEach
    void start() {
        server.answer(exchange -> StubServer.answer(exchange, status, answer));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void an_incident_is_explained_with_results_rule_routes_silences_and_attempts() throws IOException {
        assertThat(run("cjmc2")).isZero();

        assertThat(server.requests().getFirst().uri()).hasToString("/api/incidents/cjmc2");
        assertThat(out.toString().lines())
                .containsSubsequence(
                        "room-co2 {room=office} firing since 2026-11-24T07:00:30Z, not resolved",
                        "summary: office has 1203.5 ppm",
                        "rule: failed above 1000 ppm; every 30s",
                        "results, the latest first:",
                        "  2026-11-24T07:00:30Z  firing    FAILED 1203.5 ppm: 3 consecutive results above 1000 ppm",
                        "receivers that the monitor names: none",
                        "routes, as they are now: ops",
                        "  routes.routes[0]: ops",
                        "    matched routes.routes[0] site=north",
                        "    group: {site=north}",
                        "silences that matched:",
                        "  7b0e  2026-11-24T06:00:00Z to 2026-11-24T07:10:00Z  site=north  by anna: clean [31ming",
                        "acknowledged: by ann at 2026-11-24T07:20:00Z until it is resolved  on my way",
                        "deliveries, the latest first:",
                        "  mzxw6  ops  delivered  HTTP 200",
                        "    attempt 2  2026-11-24T07:10:02Z  delivered  31 ms  status 200  ok",
                        "    attempt 1  2026-11-24T07:10:00Z  retry  10000 ms  no response");
    }

    @Test
    void a_report_without_routes_silences_and_deliveries_says_so() throws IOException {
        answer = """
                {"incident": {"monitor": "room-co2", "series": {}, "firingSince": "2026-11-24T07:00:30Z",
                  "resolvedAt": "2026-11-24T07:06:30Z", "summary": "s", "acknowledged": null},
                 "acknowledgements": [{"by": "link:ops", "at": "2026-11-24T07:01:00Z", "until": "2026-11-24T09:00:00Z",
                   "endedAt": "2026-11-24T07:06:30Z", "comment": ""}],
                 "rule": null, "receivers": ["ops"], "routes": null, "transitions": [], "silences": [], "deliveries": []}
                """;

        assertThat(run("cjmc2")).isZero();

        assertThat(out.toString().lines())
                .contains(
                        "room-co2 firing since 2026-11-24T07:00:30Z, resolved at 2026-11-24T07:06:30Z",
                        "rule: unknown",
                        "receivers that the monitor names: ops",
                        "routes: not used",
                        "silences that matched: none",
                        "acknowledged: by link:ops at 2026-11-24T07:01:00Z ended at 2026-11-24T07:06:30Z",
                        "deliveries, the latest first: none");
    }

    @Test
    void the_response_is_printed_as_json() throws IOException {
        assertThat(run("cjmc2", "--json")).isZero();

        assertThat(out.toString()).contains("\"attemptHistory\"");
    }

    @Test
    void an_unknown_incident_and_a_wrong_id_are_one_line() throws IOException {
        status = 404;
        answer = "{\"detail\": \"no incident with the id 'cjmc2'\"}";

        assertThat(run("cjmc2")).isEqualTo(1);
        assertThat(run("../audit")).isEqualTo(1);
        assertThat(run()).isEqualTo(2);

        assertThat(err.toString())
                .contains("404: no incident with the id 'cjmc2'", "'../audit' is not the id of an incident");
        assertThat(server.requests()).hasSize(1);
    }

    private int run(String... arguments) throws IOException {
        var token = Files.writeString(folder.resolve("token"), "the-token\n");
        var all = new ArrayList<String>();
        all.add("why");
        all.addAll(List.of(arguments));
        all.addAll(List.of("--url", server.url(), "--operator-token-file", token.toString()));
        return GrowAlert.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }
}
