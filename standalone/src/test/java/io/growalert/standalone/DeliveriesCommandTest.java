package io.growalert.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator types and reads, before a dispatcher that gives prepared answers. */
class DeliveriesCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> requests = new ArrayList<>();

    @TempDir
    private Path folder;

    private HttpServer server;
    private int status = 200;
    private String answer = "";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.createContext("/", exchange -> {
            var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            requests.add("%s %s %s %s"
                    .formatted(
                            exchange.getRequestHeaders().getFirst("Authorization"),
                            exchange.getRequestMethod(),
                            exchange.getRequestURI(),
                            body)
                    .strip());
            var bytes = answer.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void parked_deliveries_of_a_receiver_are_redriven_with_the_operator_token() throws IOException {
        answer = "{\"due\": 148, \"superseded\": 2}";

        assertThat(run("redrive", "--receiver", "ops", "--since", "2026-11-24T07:00:00Z"))
                .isZero();

        assertThat(requests)
                .containsExactly("Bearer the-token POST /api/deliveries/redrive "
                        + "{\"receiver\":\"ops\",\"since\":\"2026-11-24T07:00:00Z\"}");
        assertThat(out.toString().lines())
                .containsExactly("148 deliveries are due again", "2 superseded by later events stay parked");
    }

    @Test
    void since_may_be_a_duration() throws IOException {
        answer = "{\"due\": 1, \"superseded\": 0}";

        assertThat(run("redrive", "--receiver", "ops", "--since", "2h")).isZero();

        assertThat(requests.getFirst()).containsPattern("\"since\":\"20[0-9-]+T[0-9:.]+Z\"");
        assertThat(out.toString().strip()).isEqualTo("1 delivery is due again");
    }

    @Test
    void receiver_and_since_are_required_and_a_wrong_since_is_explained() throws IOException {
        assertThat(run("redrive", "--receiver", "ops")).isEqualTo(2);
        assertThat(run("redrive", "--since", "2h")).isEqualTo(2);
        assertThat(run("redrive", "--receiver", "ops", "--since", "soon")).isEqualTo(2);
        assertThat(err.toString()).contains("'soon' is neither a duration");
        assertThat(requests).isEmpty();
    }

    @Test
    void parked_deliveries_are_acknowledged() throws IOException {
        answer = "{\"deliveries\": 3}";

        assertThat(run("acknowledge-parked")).isZero();

        assertThat(requests).containsExactly("Bearer the-token POST /api/deliveries/acknowledge-parked");
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
        all.addAll(List.of("--url", "http://127.0.0.1:" + server.getAddress().getPort()));
        all.addAll(List.of("--operator-token-file", token.toString()));
        return GrowAlert.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }
}
