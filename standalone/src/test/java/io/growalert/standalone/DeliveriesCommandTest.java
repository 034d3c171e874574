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

/** The command line of deliveries, against a dispatcher with prepared responses. */
class DeliveriesCommandTest {
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

    private List<String> requests() {
        return server.requests().stream()
                .map(seen -> "%s %s %s %s"
                        .formatted(seen.header("Authorization"), seen.method(), seen.uri(), seen.text())
                        .strip())
                .toList();
    }

    @Test
    void parked_deliveries_of_a_receiver_are_redriven_with_the_operator_token() throws IOException {
        answer = "{\"due\": 148, \"superseded\": 2}";

        assertThat(run("redrive", "--receiver", "ops", "--since", "2026-11-24T07:00:00Z"))
                .isZero();

        assertThat(requests())
                .containsExactly("Bearer the-token POST /api/deliveries/redrive "
                        + "{\"receiver\":\"ops\",\"since\":\"2026-11-24T07:00:00Z\"}");
        assertThat(out.toString().lines())
                .containsExactly("148 deliveries are due again", "2 superseded by later events stay parked");
    }

    @Test
    void since_may_be_a_duration() throws IOException {
        answer = "{\"due\": 1, \"superseded\": 0}";

        assertThat(run("redrive", "--receiver", "ops", "--since", "2h")).isZero();

        assertThat(requests().getFirst()).containsPattern("\"since\":\"20[0-9-]+T[0-9:.]+Z\"");
        assertThat(out.toString().strip()).isEqualTo("1 delivery is due again");
    }

    @Test
    void receiver_and_since_are_required_and_a_wrong_since_is_explained() throws IOException {
        assertThat(run("redrive", "--receiver", "ops")).isEqualTo(2);
        assertThat(run("redrive", "--since", "2h")).isEqualTo(2);
        assertThat(run("redrive", "--receiver", "ops", "--since", "soon")).isEqualTo(2);
        assertThat(err.toString()).contains("'soon' is neither a duration");
        assertThat(requests()).isEmpty();
    }

    @Test
    void parked_deliveries_are_acknowledged() throws IOException {
        answer = "{\"deliveries\": 3}";

        assertThat(run("acknowledge-parked")).isZero();

        assertThat(requests()).containsExactly("Bearer the-token POST /api/deliveries/acknowledge-parked");
        assertThat(out.toString().strip()).isEqualTo("3 parked deliveries acknowledged");
    }

    @Test
    void what_the_dispatcher_refuses_is_one_line() throws IOException {
        status = 503;
        answer = "{\"detail\": \"try again in a moment\"}";

        assertThat(run("acknowledge-parked")).isEqualTo(1);

        assertThat(err.toString().lines()).singleElement().asString().contains("503: try again in a moment");
    }

    private int run(String... arguments) throws IOException {
        var token = Files.writeString(folder.resolve("token"), "the-token\n");
        var all = new ArrayList<String>();
        all.add("deliveries");
        all.addAll(List.of(arguments));
        all.addAll(List.of("--url", server.url()));
        all.addAll(List.of("--operator-token-file", token.toString()));
        return GrowAlert.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }
}
