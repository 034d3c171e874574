package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class AccessLogTest {
    @Test
    void a_request_leaves_a_line_without_personal_data(CapturedOutput output) throws Exception {
        try (var gateway = new RunningGateway()) {
            gateway.send(gateway.request("/renew-session?token=confidential")
                    .header("Cookie", "session=confidential")
                    .header("User-Agent", "confidential")
                    .header("X-Request-Id", "request-12345"));

            await().untilAsserted(() -> assertThat(output.getAll())
                    .contains(
                            "Answered requestId=\"request-12345\" route=\"customers-sign-in\" method=\"GET\" status=\"200\"")
                    .contains("network=\"127.0.0.0/24\""));
            var line = output.getAll()
                    .lines()
                    .filter(text -> text.contains("request-12345"))
                    .toList();
            assertThat(line).singleElement().asString().doesNotContain("confidential", "127.0.0.1", "renew-session");
        }
    }

    @Test
    void the_token_of_a_link_is_in_no_log(CapturedOutput output) throws Exception {
        try (var gateway = new RunningGateway()) {
            gateway.dispatcher.answers(exchange -> StubBackend.answer(exchange, 200, "page"));

            gateway.get("/ack?t=confidential");

            await().untilAsserted(() -> assertThat(output.getAll()).contains("route=\"ack\" method=\"GET\""));
            assertThat(output.getAll()).doesNotContain("confidential");
        }
    }

    @Test
    void a_client_that_disconnects_leaves_one_line_with_the_reason(CapturedOutput output) throws Exception {
        var gone = new CountDownLatch(1);
        try (var gateway = new RunningGateway()) {
            gateway.billing.answers(exchange -> {
                exchange.sendResponseHeaders(200, 0);
                try {
                    while (true) {
                        exchange.getResponseBody().write(new byte[1 << 16]);
                    }
                } finally {
                    gone.countDown();
                }
            });
            try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), gateway.port())) {
                socket.getOutputStream()
                        .write("GET /config HTTP/1.1\r\nHost: a\r\nX-Request-Id: request-gone\r\n\r\n"
                                .getBytes(US_ASCII));
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }
            assertThat(gone.await(60, SECONDS)).isTrue();

            await().untilAsserted(() -> assertThat(linesOf(output, "request-gone"))
                    .singleElement()
                    .asString()
                    .contains("brokenOff=\"client\"", "status=\"200\""));
            assertThat(output.getAll()).doesNotContain("Exception");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "501 | POST /sign-in HTTP/1.1 | Transfer-Encoding: gzip",
                "405 | TRACE /config HTTP/1.1 | A: b",
                "501 | CONNECT x:443 HTTP/1.1 | A: b",
                "417 | POST /sign-in HTTP/1.1 | Expect: x",
                "505 | GET /config HTTP/2 | A: b",
                "400 | GET /config%00 HTTP/1.1 | A: b",
                "400 | GET /config HTTP/1.1 | Host: again"
            })
    void a_request_that_the_container_rejects_is_logged_and_counted(
            int status, String request, String header, CapturedOutput output) throws Exception {
        try (var gateway = new RunningGateway(Map.of("growalert.gateway.routes.pages.requests", 5))) {
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.raw("%s\nHost: a\n%s\nConnection: close\n\n".formatted(request, header)))
                        .startsWith("HTTP/1.1 " + status);
            }

            assertThat(gateway.raw("%s\nHost: a\n%s\nConnection: close\n\n".formatted(request, header)))
                    .startsWith("HTTP/1.1 429");
            await().untilAsserted(() -> assertThat(output.getAll().lines())
                    .filteredOn(line -> line.contains("Answered"))
                    .filteredOn(line -> line.contains("status=\"%d\"".formatted(status)))
                    .hasSize(5));
        }
    }

    @Test
    void a_client_cannot_inject_into_the_log(CapturedOutput output) throws Exception {
        try (var gateway = new RunningGateway()) {
            gateway.raw("GET /config HTTP/1.1\nHost: a\nX-Request-Id: \" status=\"500\nConnection: close\n\n");
            gateway.raw("EVIL-METHOD /config HTTP/1.1\nHost: a\nX-Request-Id: request-evil\nConnection: close\n\n");

            await().untilAsserted(() -> assertThat(linesOf(output, "request-evil"))
                    .singleElement()
                    .asString()
                    .contains("method=\"other\""));
            assertThat(output.getAll()).doesNotContain("status=\"500", "EVIL");
        }
    }

    private static List<String> linesOf(CapturedOutput output, String request) {
        return output.getAll().lines().filter(line -> line.contains(request)).toList();
    }
}
