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

/** The command line of acknowledgements, against a dispatcher with prepared responses. */
class AckCommandTest {
    private static final String ACK = """
            {"incident": "abc", "by": "anna", "until": %s, "comment": "", "at": "2026-11-24T07:00:00Z"}
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
    void an_incident_is_acknowledged_until_it_is_resolved() throws IOException {
        answer = ACK.formatted("null");

        assertThat(run("abc", "--comment", "on my way")).isZero();

        assertThat(requests())
                .containsExactly("Bearer the-token PUT /api/incidents/abc/ack {\"comment\":\"on my way\"}");
        assertThat(out.toString().strip()).isEqualTo("abc acknowledged by anna until it is resolved");
    }

    @Test
    void its_end_may_be_a_duration_or_an_instant() throws IOException {
        answer = ACK.formatted("\"2026-11-24T18:00:00Z\"");

        assertThat(run("abc", "--until", "2026-11-24T18:00:00Z")).isZero();
        assertThat(run("abc", "--for", "2h")).isZero();

        assertThat(requests())
                .satisfiesExactly(
                        first -> assertThat(first).endsWith("{\"until\":\"2026-11-24T18:00:00Z\"}"),
                        second -> assertThat(second).containsPattern("\"until\":\"20[0-9-]+T[0-9:.]+Z\""));
        assertThat(out.toString().lines()).contains("abc acknowledged by anna until 2026-11-24T18:00:00Z");
    }

    @Test
    void acknowledgements_are_ended() throws IOException {
        status = 204;

        assertThat(run("--end", "abc", "def")).isZero();

        assertThat(requests())
                .containsExactly(
                        "Bearer the-token DELETE /api/incidents/abc/ack",
                        "Bearer the-token DELETE /api/incidents/def/ack");
        assertThat(out.toString().lines()).containsExactly("abc is not acknowledged", "def is not acknowledged");
    }

    @Test
    void what_contradicts_itself_is_refused_before_a_request() throws IOException {
        assertThat(run("--end", "abc", "--until", "2h")).isEqualTo(1);
        assertThat(run("../billing")).isEqualTo(1);
        assertThat(run("abc", "--for", "soon")).isEqualTo(2);

        assertThat(err.toString()).contains("--end takes neither", "not the id of an incident", "'soon' is neither");
        assertThat(requests()).isEmpty();
    }

    @Test
    void what_the_dispatcher_refuses_is_one_line() throws IOException {
        status = 409;
        answer = "{\"detail\": \"the incident 'abc' is resolved\"}";

        assertThat(run("abc")).isEqualTo(1);

        assertThat(err.toString().lines()).singleElement().asString().contains("409: the incident 'abc' is resolved");
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
        all.add("ack");
        all.addAll(List.of(arguments));
        all.addAll(List.of("--url", server.url(), "--operator-token-file", token.toString()));
        return GrowAlert.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }
}
