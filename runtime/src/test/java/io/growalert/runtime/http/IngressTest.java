package io.growalert.runtime.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.runtime.Service;
import io.growalert.runtime.StartFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** What a service lets in, byte for byte as a browser or a program sends it. */
class IngressTest {
    private static ConfigurableApplicationContext service;

    @SpringBootConfiguration(proxyBeanMethods = false)
    @Import({Api.class, ProblemAdvice.class, Web.class})
    static class Example {
        @Bean
        IngressExemptions exemptions() {
            return new IngressExemptions(Set.of("/signed"), Set.of("/shop"), Set.of("/form"));
        }
    }

    @RestController
    static class Api {
        @GetMapping("/list")
        String list() {
            return "listed";
        }

        @GetMapping("/echo")
        String echo(@RequestHeader("X-Token") String token) {
            return token;
        }

        @PostMapping({"/redrive", "/signed", "/shop", "/form"})
        String redrive() {
            return "redriven";
        }

        @DeleteMapping("/mute")
        String unmute() {
            return "unmuted";
        }
    }

    @BeforeAll
    static void start() {
        service = new Service(Example.class, "example-service")
                .start(Map.of(
                        "server.port", 0, "growalert.http.hosts", List.of("monitor-service", "Dispatcher.Internal")));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:9999",
                "LOCALHOST",
                "127.0.0.1",
                "127.0.0.1:8082",
                "127.9.9.9",
                "[::1]",
                "[::1]:8082",
                "monitor-service:8080",
                "dispatcher.internal"
            })
    void a_name_that_is_ours_is_let_in(String host) throws IOException {
        assertThat(get("/list", host)).startsWith("HTTP/1.1 200").endsWith("listed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8082",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "evil-monitor-service",
                "0.0.0.0",
                "10.0.0.7",
                "[::2]:80"
            })
    void a_foreign_name_that_leads_here_is_refused(String host) throws IOException {
        assertThat(get("/list", host)).startsWith("HTTP/1.1 421").contains("\"code\":\"invalid_host\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:", "local host", "[::1", "localhost:x"})
    void a_host_that_is_malformed_is_refused(String host) throws IOException {
        assertThat(get("/list", host))
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json", "\"code\":\"bad_request\"");
    }

    @Test
    void actuator_endpoints_are_behind_it_too() throws IOException {
        assertThat(get("/actuator/health", "evil.example")).startsWith("HTTP/1.1 421");
        assertThat(get("/actuator/health", "127.0.0.1")).startsWith("HTTP/1.1 200");
    }

    /** As the request of a container's health check. */
    @Test
    void a_program_that_names_no_host_is_let_in() throws IOException {
        assertThat(raw("GET /list HTTP/1.0\n\n")).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                Sec-Fetch-Site: cross-site\\nOrigin: https://evil.example
                Sec-Fetch-Site: cross-site
                Sec-Fetch-Site: same-site
                Sec-Fetch-Site: cross-site\\nOrigin: null
                Origin: https://evil.example
                Origin: null
                Origin: http://127.0.0.1:1
                Origin: http://127.0.0.1:8082.evil.example
                Origin: https://evil.example\\nX-Forwarded-Host: shop.example
                """)
    void a_change_that_a_page_of_another_site_makes_is_refused(String headers) throws IOException {
        for (var change : List.of("POST /redrive", "DELETE /mute")) {
            assertThat(change(change, headers.replace("\\n", "\n") + "\nContent-Type: application/json", "{}"))
                    .startsWith("HTTP/1.1 403")
                    .contains("\"code\":\"cross_site\"");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                Accept: */*
                Origin: http://127.0.0.1:8082
                Sec-Fetch-Site: same-origin\\nOrigin: http://127.0.0.1:8082
                Sec-Fetch-Site: none
                Origin: http://127.0.0.1:8080\\nX-Forwarded-Proto: http\\nX-Forwarded-Host: 127.0.0.1\\nX-Forwarded-Port: 8080
                Origin: https://ops.example\\nX-Forwarded-Proto: https\\nX-Forwarded-Host: ops.example\\nX-Forwarded-Port: 443
                Sec-Fetch-Site: same-origin\\nOrigin: https://ops.example
                """)
    void a_change_by_a_program_or_by_our_own_page_is_let_in(String headers) throws IOException {
        assertThat(change("POST /redrive", headers.replace("\\n", "\n"), "")).startsWith("HTTP/1.1 200");
        assertThat(change("POST /redrive", headers.replace("\\n", "\n") + "\nContent-Type: application/json", "{}"))
                .startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "text/plain;charset=UTF-8",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/jsonp",
                "nonsense"
            })
    void a_change_that_is_not_json_is_refused_with_a_body_or_without(String type) throws IOException {
        for (var body : List.of("", "{}")) {
            assertThat(change("POST /redrive", "Content-Type: " + type, body))
                    .startsWith("HTTP/1.1 415")
                    .contains("\"code\":\"unsupported_media_type\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/json;charset=utf-8", "application/merge-patch+json"})
    void json_is_let_in(String type) throws IOException {
        assertThat(change("POST /redrive", "Content-Type: " + type, "{}")).startsWith("HTTP/1.1 200");
    }

    @Test
    void a_body_of_no_type_is_refused() throws IOException {
        assertThat(change("GET /actuator/health", "Content-Type: */*", "")).startsWith("HTTP/1.1 415");
        assertThat(change("GET /actuator/health", "Content-Type: application/*", ""))
                .startsWith("HTTP/1.1 415");
        assertThat(change("POST /redrive", "Accept: */*", "{}")).startsWith("HTTP/1.1 415");
        assertThat(raw("""
                        POST /redrive HTTP/1.1
                        Host: localhost
                        Connection: close
                        Transfer-Encoding: chunked

                        2
                        {}
                        0

                        """)).startsWith("HTTP/1.1 415");
    }

    @Test
    void reading_needs_no_origin() throws IOException {
        assertThat(raw("""
                        GET /list HTTP/1.1
                        Host: localhost
                        Origin: https://evil.example
                        Sec-Fetch-Site: cross-site
                        Connection: close

                        """)).startsWith("HTTP/1.1 200").doesNotContain("Access-Control");
    }

    @Test
    void what_is_signed_is_let_in_as_it_comes() throws IOException {
        assertThat(raw("""
                        POST /signed HTTP/1.1
                        Host: hooks.example
                        Origin: https://evil.example
                        Content-Type: text/plain
                        Content-Length: 2
                        Connection: close

                        {}""")).startsWith("HTTP/1.1 200");
    }

    @Test
    void a_path_that_checks_origins_itself_still_needs_one_of_our_names() throws IOException {
        assertThat(change("POST /shop", "Origin: https://shop.example\nContent-Type: text/plain", "x"))
                .startsWith("HTTP/1.1 200");
        assertThat(raw("POST /shop HTTP/1.1\nHost: evil.example\nContent-Length: 0\nConnection: close\n\n"))
                .startsWith("HTTP/1.1 421");
    }

    @Test
    void a_path_with_a_form_needs_our_name_and_our_origin() throws IOException {
        var form = "Content-Type: application/x-www-form-urlencoded";

        assertThat(change("POST /form", form, "t=1")).startsWith("HTTP/1.1 200");
        assertThat(change("POST /form", form + "\nOrigin: http://127.0.0.1:8082", "t=1"))
                .startsWith("HTTP/1.1 200");
        assertThat(change("POST /form", form + "\nOrigin: https://evil.example", "t=1"))
                .startsWith("HTTP/1.1 403");
        assertThat(change("POST /form", "Content-Type: text/plain", "t=1")).startsWith("HTTP/1.1 415");
        assertThat(raw("POST /form HTTP/1.1\nHost: evil.example\nContent-Length: 0\nConnection: close\n\n"))
                .startsWith("HTTP/1.1 421");
    }

    @Test
    void a_host_with_a_port_or_an_address_of_a_page_is_no_setting() {
        for (var host : List.of("http://monitors", "monitors:8081", "a b")) {
            assertThatThrownBy(() -> new Service(Example.class, "example-service")
                            .start(Map.of("server.port", 0, "growalert.http.hosts", List.of(host))))
                    .isInstanceOf(StartFailure.class)
                    .hasMessage(
                            "growalert.http.hosts: %s: expected a name or an address without a port".formatted(host));
        }
    }

    /** The gateway sends the requests of many clients on one connection. */
    @Test
    void a_header_that_differs_in_case_only_from_an_earlier_one_of_its_connection_is_not_that_one() throws IOException {
        var answer = raw("""
                GET /echo HTTP/1.1
                Host: localhost
                X-Token: session-a

                GET /echo HTTP/1.1
                Host: localhost
                X-Token: SESSION-A
                Connection: close

                """);

        assertThat(answer).containsSubsequence("session-a", "SESSION-A");
    }

    private static String get(String path, String host) throws IOException {
        return raw("GET %s HTTP/1.1\nHost: %s\nConnection: close\n\n".formatted(path, host));
    }

    private static String change(String request, String headers, String body) throws IOException {
        return raw("%s HTTP/1.1\nHost: 127.0.0.1:8082\n%s\nContent-Length: %d\nConnection: close\n\n%s"
                .formatted(request, headers, body.length(), body));
    }

    private static String raw(String request) throws IOException {
        var port = service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(ISO_8859_1));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }
}
