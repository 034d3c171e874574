package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of a service that few servers give. */
class RawAnswersTest {
    /** A service that answers each request with the same bytes. */
    private static final class RawBackend implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
        private final byte[] answer;

        RawBackend(String answer) throws IOException {
            this.answer = answer.replace("\n", "\r\n").getBytes(US_ASCII);
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        var accepted = server.accept();
                        Thread.ofVirtual().start(() -> answer(accepted));
                    }
                } catch (IOException e) {
                    // the test is over
                }
            });
        }

        private void answer(Socket accepted) {
            try (var socket = accepted) {
                var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
                for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.isEmpty()) {
                        socket.getOutputStream().write(answer);
                    }
                }
            } catch (IOException e) {
                // the test is over
            }
        }

        RunningGateway gateway() throws IOException {
            return new RunningGateway(
                    Map.of("growalert.gateway.backends.billing.url", "http://127.0.0.1:" + server.getLocalPort()));
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    /** A length of zero would describe another resource. */
    @ParameterizedTest
    @CsvSource({"HEAD, 200 OK", "GET, 304 Not Modified", "HEAD, 304 Not Modified", "GET, 204 No Content"})
    void an_answer_without_a_body_gets_no_length(String method, String status) throws Exception {
        try (var backend = new RawBackend("HTTP/1.1 " + status + "\nETag: \"a\"\n\n");
                var gateway = backend.gateway()) {
            var answer = gateway.raw(method + " /config HTTP/1.1\nHost: a\nConnection: close\n\n");

            assertThat(answer)
                    .startsWith("HTTP/1.1 " + status)
                    .containsOnlyOnce("ETag: \"a\"")
                    .doesNotContainIgnoringCase("Content-Length")
                    .endsWith("\r\n\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"HEAD, 200 OK", "GET, 304 Not Modified"})
    void the_length_of_the_body_that_is_left_out_passes(String method, String status) throws Exception {
        try (var backend = new RawBackend("HTTP/1.1 " + status + "\nContent-Length: 7\n\n");
                var gateway = backend.gateway()) {
            assertThat(gateway.raw(method + " /config HTTP/1.1\nHost: a\nConnection: close\n\n"))
                    .startsWith("HTTP/1.1 " + status)
                    .contains("Content-Length: 7");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103, 199})
    void an_interim_answer_is_dropped(int status) throws Exception {
        try (var backend = new RawBackend("HTTP/1.1 " + status + " Interim\nLink: </a.css>; rel=preload\n\n"
                        + "HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
                var gateway = backend.gateway()) {
            for (int i = 0; i < 2; i++) {
                assertThat(gateway.raw("GET /config HTTP/1.1\nHost: a\nConnection: close\n\n"))
                        .startsWith("HTTP/1.1 200")
                        .containsOnlyOnce("X-Frame-Options")
                        .doesNotContain("Link:")
                        .endsWith("\r\n\r\nok");
            }
        }
    }

    @Test
    void an_upgrade_without_a_request_for_it_is_a_bad_gateway() throws Exception {
        try (var backend = new RawBackend("HTTP/1.1 101 Switching Protocols\nConnection: Upgrade\nUpgrade: a\n\n");
                var gateway = backend.gateway()) {
            assertThat(gateway.get("/config").statusCode()).isEqualTo(502);
        }
    }
}
