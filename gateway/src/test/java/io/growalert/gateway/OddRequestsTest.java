package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Malformed HTTP: nothing bypasses the operator token, and gateway and backend never parse a request differently. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OddRequestsTest {
    private static final Set<String> FOR_ONE_CONNECTION =
            Set.of("te", "trailer", "transfer-encoding", "upgrade", "keep-alive", "proxy-connection", "expect");
    private static final Map<String, String> CODES = Map.of(
            "400", "\"code\":\"bad_request\"",
            "413", "\"code\":\"body_too_large\"",
            "501", "\"code\":\"not_implemented\"");
    private static final String HIDDEN = "GET /api/mutes HTTP/1.1\r\nHost: a\r\n\r\n";

    private RunningGateway gateway;

    @BeforeAll
    void start() throws Exception {
        gateway = new RunningGateway(Map.of("growalert.gateway.routes.pages.requests", 10_000));
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    /** Sends the bytes unchanged and closes the output; returns the complete response. */
    private String sent(String request) throws IOException {
        int billing = gateway.billing.count();
        try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), gateway.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            socket.shutdownOutput();
            return read(socket);
        } finally {
            assertThat(gateway.dispatcher.count() + gateway.monitors.count()).isZero();
            if (gateway.billing.count() > billing) {
                var seen = gateway.billing.last();
                assertThat(seen.uri()).startsWith("/");
                assertThat(seen.uri()).doesNotContain("api");
                assertThat(seen.headers().keySet().stream()
                                .map(name -> name.toLowerCase(Locale.ROOT))
                                .collect(Collectors.toSet()))
                        .doesNotContainAnyElementsOf(FOR_ONE_CONNECTION);
            }
        }
    }

    private static String read(Socket socket) throws IOException {
        var answer = new StringBuilder();
        try {
            for (int next = socket.getInputStream().read();
                    next >= 0;
                    next = socket.getInputStream().read()) {
                answer.append((char) next);
            }
        } catch (SocketException e) {
            // the connection was reset after these bytes
        }
        return answer.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nContent-Length: 6",
                "Content-Length: 5, 6",
                "Content-Length: -1",
                "Content-Length: +5",
                "Content-Length: 0x5",
                "Content-Length: 99999999999999999999",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: identity, chunked, chunked",
                "Transfer-Encoding: \u000bchunked",
                "Transfer-Encoding : chunked",
                "Transfer-Encoding\t: chunked",
                "Content-Length : 5",
                "X: a\u0000b",
                "X y: z",
                "no-colon"
            })
    void a_body_without_a_clear_end_is_refused(String header) throws Exception {
        var answer = sent("POST /config HTTP/1.1\r\nHost: a\r\n" + header + "\r\n\r\n0\r\n\r\n" + HIDDEN);

        assertThat(answer).matches("(?s)HTTP/1\\.1 (400|413|501) .*");
        assertThat(answer)
                .contains("application/problem+json", "X-Content-Type-Options: nosniff", "Content-Security-Policy:")
                .doesNotContain("Jetty", "Exception", "\r\nServer:");
        assertThat(answer.split("HTTP/1.1 ")).hasSize(2);
        assertThat(answer).contains(CODES.getOrDefault(answer.substring(9, 12), "no code of this status"));
    }

    /** A service could parse it differently from the gateway, or receive other bytes. */
    @ParameterizedTest
    @ValueSource(strings = {"a=\u00e4", "a=\u00c3\u00a4", "a=\u00ff", "a=%e4", "a=%", "=a"})
    void a_query_that_is_no_escaped_utf_8_is_refused(String query) throws Exception {
        var answer = sent("GET /config?" + query + " HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400").contains("\"code\":\"bad_request\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 4\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 4",
                "Content-Length: 4\r\nTransfer-Encoding:\r\n chunked"
            })
    void a_body_with_two_lengths_is_refused(String header) throws Exception {
        var answer = sent("POST /config HTTP/1.1\r\nHost: a\r\n" + header + "\r\n\r\n0\r\n\r\n" + HIDDEN);

        assertThat(answer).startsWith("HTTP/1.1 400").contains("\"code\":\"bad_request\"");
        assertThat(answer.split("HTTP/1.1 ")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5;a=b", "5;a=\"b\"", "5 ", "05"})
    void chunk_extensions_and_trailers_are_dropped(String length) throws Exception {
        sent("POST /config HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n" + length
                + "\r\nhello\r\n0\r\nX-T: 1\r\n\r\n");

        var seen = gateway.billing.last();
        assertThat(seen.body()).asString(ISO_8859_1).isIn("hello", "");
        assertThat(seen.headers()).doesNotContainKey("X-T");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "g", "5\n", "fffffffffffffffff", ""})
    void a_chunk_of_an_invalid_length_is_refused(String length) throws Exception {
        int asked = gateway.billing.count();

        var answer = sent("POST /config HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + length
                + "\r\nhello\r\n0\r\n\r\n" + HIDDEN);

        assertThat(answer).startsWith("HTTP/1.1 4");
        assertThat(gateway.billing.count()).isEqualTo(asked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//api/mutes",
                "/%61pi/mutes",
                "/ap%69/billing/x",
                "/api;x=1/mutes",
                "/;/api/mutes",
                "/./api/mutes",
                "/webhook/../api/mutes",
                "/webhook/%2e%2e/api/mutes",
                "/webhook/%2E./api/mutes",
                "/webhook/..%2fapi/mutes",
                "/webhook/..%5capi/mutes",
                "/webhook\\..\\api/mutes",
                "/api%00/mutes",
                "/%00",
                "/api%2fmutes",
                "/api%252fmutes",
                "/API/mutes",
                "/api/mutes/",
                "/api/",
                "/api",
                "/api?",
                "/api#",
                "/api%3fx",
                "/api/%2e",
                "http://a/api/mutes",
                "http://127.0.0.1/api/mutes",
                "HTTP://a/api/mutes",
                "http://a@b/api/mutes",
                "/config/..;/api/mutes",
                "/api/mutes;jsessionid=1",
                "*",
                "api/mutes",
                "?/api/mutes",
                "/%",
                "/%zz",
                "/\u0080api",
                "/api\u0009/mutes",
                "/%c0%ae%c0%ae/api/mutes",
                "/api/billing/../mutes",
                "/%64ocs/index.html"
            })
    void no_path_leads_to_the_operators_api_without_the_token(String path) throws Exception {
        int asked = gateway.billing.count();

        var answer = sent("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        assertThat(answer).matches("(?s)HTTP/1\\.1 (400|401|404) .*");
        assertThat(answer)
                .contains("application/problem+json", "X-Content-Type-Options: nosniff", "X-Frame-Options: DENY")
                .contains("Content-Security-Policy: default-src 'none'", "Referrer-Policy: same-origin")
                .contains("Permissions-Policy: ")
                .doesNotContain("Jetty", "Exception", "\r\nServer:");
        assertThat(gateway.billing.count()).isEqualTo(asked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Host: a\r\nHost: b\r\n", "Host: a b\r\n", "Host: a/b\r\n", "Host: [::1\r\n", "Host: a:b\r\n"
            })
    void a_request_without_a_clear_host_is_refused(String host) throws Exception {
        assertThat(sent("GET /config HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "CONNECT", "FOO", "get", "G\"T", "PROPFIND"})
    void an_unknown_method_reaches_no_backend(String method) throws Exception {
        int asked = gateway.billing.count();

        assertThat(sent(method + " /config HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .matches("(?s)HTTP/1\\.1 (400|405|501) .*");
        assertThat(gateway.billing.count()).isEqualTo(asked);
    }

    @Test
    void http_1_0_gets_a_response_and_the_connection_closes() throws Exception {
        assertThat(sent("GET /config HTTP/1.0\r\n\r\n"))
                .startsWith("HTTP/1.1 200")
                .endsWith("ok");
        assertThat(sent("GET /config HTTP/9.9\r\nHost: a\r\n\r\n"))
                .startsWith("HTTP/1.1 505")
                .contains("\"code\":\"http_version_not_supported\"");
        assertThat(sent("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).doesNotContain(" 200 ");
    }

    @Test
    void connection_options_of_a_client_remove_no_header_of_the_gateway() throws Exception {
        sent("""
                GET /config HTTP/1.1\r
                Host: a\r
                X-Request-Id: request-0001\r
                Connection: close, X-Request-Id, X-Forwarded-For, x-forwarded-proto, Host, Upgrade, X-Mine\r
                Upgrade: h2c\r
                HTTP2-Settings: AAMAAABkAAQAAP__\r
                X-Mine: 1\r
                \r
                """);

        var seen = gateway.billing.last();
        assertThat(seen.header("X-Request-Id")).isEqualTo("request-0001");
        assertThat(seen.header("X-Forwarded-For")).isEqualTo("127.0.0.1");
        assertThat(seen.header("X-Forwarded-Proto")).isEqualTo("http");
        assertThat(seen.headers()).doesNotContainKeys("X-Mine");
        assertThat(seen.header("Host")).startsWith("127.0.0.1:");
    }

    @Test
    void hop_by_hop_headers_and_the_policy_of_a_backend_are_dropped() throws Exception {
        try (var own = new RunningGateway()) {
            own.billing.answers(exchange -> {
                exchange.getResponseHeaders().add("Server", "stub/1");
                exchange.getResponseHeaders().add("Keep-Alive", "timeout=5");
                exchange.getResponseHeaders().add("Content-Security-Policy", "default-src *");
                exchange.getResponseHeaders().add("X-Frame-Options", "ALLOWALL");
                StubBackend.answer(exchange, 200, "ok");
            });

            var headers = own.get("/config").headers();

            assertThat(headers.map()).doesNotContainKeys("server", "keep-alive", "transfer-encoding");
            assertThat(headers.allValues("Content-Security-Policy"))
                    .singleElement()
                    .asString()
                    .startsWith("default-src 'none'");
            assertThat(headers.allValues("X-Frame-Options")).containsExactly("DENY");
        }
    }
}
