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

/** The command line of silences, against a dispatcher with prepared responses. */
class SilenceCommandTest {
    private static final String SILENCE = """
            {"id": "7b0e", "matchers": ["site=north", "room=~a.*"], "startsAt": "2026-11-24T07:00:00Z",
             "endsAt": "2026-11-24T18:00:00Z", "comment": "cleaning", "createdBy": "anna", "state": "active", "held": %d}
            """;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private final StubServer server = new StubServer();
    private int status = 200;
    private String answer = "";

    @BeforeEach
    void start() {
        server.answer(exchange -> StubServer.answer(exchange, status, answer));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void a_silence_is_added_and_its_id_is_printed() throws IOException {
        status = 201;
        answer = SILENCE.formatted(3);

        assertThat(run(
                        "add",
                        "site=north",
                        "room=~a.*",
                        "--from",
                        "2026-11-24T07:00:00Z",
                        "--until",
                        "2026-11-24T18:00:00Z",
                        "--comment",
                        "cleaning"))
                .isZero();

        assertThat(requests())
                .containsExactly(
                        "Bearer the-token POST /api/silences {\"comment\":\"cleaning\",\"endsAt\":\"2026-11-24T18:00:00Z\","
                                + "\"matchers\":[\"site=north\",\"room=~a.*\"],\"startsAt\":\"2026-11-24T07:00:00Z\"}");
        assertThat(out.toString().lines()).containsExactly("7b0e", "3 notifications wait");
    }

    @Test
    void its_end_may_be_a_duration_and_its_start_is_now() throws IOException {
        status = 201;
        answer = SILENCE.formatted(0);

        assertThat(run("add", "site=north", "--until", "2h", "--comment", "cleaning"))
                .isZero();

        assertThat(requests().getFirst())
                .doesNotContain("startsAt")
                .containsPattern("\"endsAt\":\"20[0-9-]+T[0-9:.]+Z\"");
        assertThat(out.toString().strip()).isEqualTo("7b0e");
    }

    @Test
    void a_matcher_an_end_and_a_comment_are_required() throws IOException {
        assertThat(run("add", "--until", "2h", "--comment", "c")).isEqualTo(2);
        assertThat(run("add", "site=north", "--comment", "c")).isEqualTo(2);
        assertThat(run("add", "site=north", "--until", "2h")).isEqualTo(2);
        assertThat(run("add", "site=north", "--until", "soon", "--comment", "c"))
                .isEqualTo(2);
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("'soon' is neither a duration").contains("add, list or end");
        assertThat(requests()).isEmpty();
    }

    @Test
    void silences_are_listed_with_what_they_hold() throws IOException {
        answer = "[%s]".formatted(SILENCE.formatted(1));

        assertThat(run("list")).isZero();
        assertThat(run("list", "--state", "active")).isZero();

        assertThat(requests())
                .containsExactly(
                        "Bearer the-token GET /api/silences", "Bearer the-token GET /api/silences?state=active");
        assertThat(out.toString().lines())
                .contains("7b0e  active  2026-11-24T07:00:00Z to 2026-11-24T18:00:00Z  site=north, room=~a.*  "
                        + "1 notification waits  by anna: cleaning")
                .contains("1 silence");
    }

    @Test
    void what_controls_a_terminal_is_not_printed() throws IOException {
        answer = """
                [{"id": "7b0e", "state": "active", "matchers": ["site=north"], "createdBy": "ann",
                  "comment": "a\\u001b]0;owned\\u0007b\\u202ec"}]""";

        run("list");

        assertThat(out.toString())
                .contains("by ann: a\uFFFD]0;owned\uFFFDb\uFFFDc")
                .doesNotContain("\u001b");
    }

    @Test
    void a_server_that_is_no_gateway_is_reported() throws IOException {
        answer = "ok";
        assertThat(run("list")).isEqualTo(1);
        assertThat(err.toString()).contains("responded with something else than JSON: is it a gateway of GrowAlert?");

        answer = "{}";
        assertThat(run("list")).isEqualTo(1);
        assertThat(err.toString()).contains("the response is not that of a dispatcher; does one run there?");
    }

    @Test
    void silences_are_ended() throws IOException {
        status = 204;

        assertThat(run("end", "7b0e", "monitor-room-co2")).isZero();

        assertThat(requests())
                .containsExactly(
                        "Bearer the-token DELETE /api/silences/7b0e",
                        "Bearer the-token DELETE /api/silences/monitor-room-co2");
        assertThat(out.toString().lines()).containsExactly("7b0e ended", "monitor-room-co2 ended");
        assertThat(run("end", "../billing")).isEqualTo(1);
    }

    @Test
    void what_the_dispatcher_refuses_is_one_line() throws IOException {
        status = 404;
        answer = "{\"detail\": \"no silence with the id '7b0e'\"}";

        assertThat(run("end", "7b0e")).isEqualTo(1);

        assertThat(err.toString().lines()).singleElement().asString().contains("404: no silence with the id '7b0e'");
    }

    private List<String> requests() {
        return server.requests().stream()
                .map(seen -> "%s %s %s %s"
                        .formatted(seen.header("Authorization"), seen.method(), seen.uri(), seen.text())
                        .strip())
                .toList();
    }

    private int run(String... arguments) throws IOException {
        var token = Files.writeString(folder.resolve("token"), "the-token\n");
        var all = new ArrayList<String>();
        all.add("silence");
        all.addAll(List.of(arguments));
        if (arguments.length > 0) {
            all.addAll(List.of("--url", server.url()));
            all.addAll(List.of("--operator-token-file", token.toString()));
        }
        return GrowAlert.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }
}
