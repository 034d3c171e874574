package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** No header value causes an internal error, bypasses a limit, or is counted with another status than the client got. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class HeaderValuesTest {
    private static final List<String> REQUESTS = List.of(
            "POST /charge",
            "GET /config",
            "POST /webhook",
            "GET /register.html",
            "GET /health",
            "GET /api/mutes",
            "GET /nothing");

    /** Values that a header parser may fail on. */
    private static final Map<String, List<String>> VALUES = Map.of(
            "Content-Type",
                    List.of(
                            "*/*",
                            "application/*",
                            "text/*",
                            "*",
                            "/",
                            "a/b/c",
                            "text/plain;",
                            "text/plain;charset",
                            "text/plain;charset=nothing",
                            "text/plain;charset=\"",
                            "a/b;=c",
                            "multipart/form-data",
                            "application/x-www-form-urlencoded;charset=x",
                            "\u00e4/\u00e4",
                            "a b/c",
                            "application/*+json",
                            "text/html;q=2",
                            "application/json, application/json",
                            "",
                            ";",
                            "x".repeat(5000)),
            "Accept",
                    List.of(
                            "*",
                            "/",
                            "a/b/c",
                            "*/json",
                            "text/html;q=2",
                            "text/html;q=x",
                            "text/*;charset=x",
                            "\u00e4",
                            ",,,",
                            "text/html;",
                            "*/*;*",
                            "x".repeat(5000),
                            "text/html,".repeat(500)),
            "Accept-Language", List.of("*", "x;q=x", "en_US_x_y", "\u00e4", "-", "en;q=9", ",".repeat(500)),
            "Accept-Charset", List.of("nothing", "*", "\u00e4"),
            "Cookie",
                    List.of(
                            "customer",
                            "=",
                            ";",
                            "customer=\"",
                            "a=\u00e4",
                            "$Version=1; customer=x",
                            "customer=a; customer=b"),
            "Range", List.of("bytes=", "bytes=-", "bytes=9-1", "bytes=0-0,1-1", "bytes=" + "0-1,".repeat(500), "x"),
            "If-None-Match", List.of("*", "\"", "W/", "a", ",", "\u00e4"),
            "If-Match", List.of("*", "\"", "W/", "a", ","),
            "If-Modified-Since", List.of("x", "0", "-1", "Sat, 99 Nov 2026 25:00:00 GMT"),
            "Origin", List.of("null", "x", "http://", "http://[", "http://a:99999", "\u00e4", "http://a b"));

    private RunningGateway gateway;

    @BeforeAll
    void start() throws Exception {
        gateway = new RunningGateway(Map.of(
                "growalert.gateway.origins", List.of("https://shop.example.com"),
                "growalert.gateway.routes.pages.requests", 100_000,
                "growalert.gateway.routes.customers.requests", 100_000,
                "growalert.gateway.wrong-tokens.requests", 100_000));
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    static List<String> headers() {
        return VALUES.keySet().stream().sorted().toList();
    }

    @ParameterizedTest
    @MethodSource("headers")
    void no_value_of_a_header_causes_an_internal_error(String header, CapturedOutput output) throws Exception {
        var answered = new ArrayList<String>();
        for (var value : VALUES.getOrDefault(header, List.of())) {
            for (var line : REQUESTS) {
                var id = "fuzz-%s-%d".formatted(header, answered.size());
                var answer = answer(line, id, header + ": " + value);

                assertThat(answer)
                        .as("%s %s: %.80s", line, header, value)
                        .startsWith("HTTP/1.1 ")
                        .doesNotStartWith("HTTP/1.1 5");
                answered.add("%s %s".formatted(id, answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length())));
            }
        }

        await().untilAsserted(() -> assertThat(logged(output, "fuzz-" + header + "-"))
                .as("the statuses that the clients got")
                .containsExactlyInAnyOrderElementsOf(answered));
        assertThat(output.getAll()).doesNotContain("Exception", "\tat ");
    }

    private String answer(String line, String id, String header) throws Exception {
        var length = line.startsWith("POST") ? "Content-Length: 0\n" : "";
        return gateway.raw("%s HTTP/1.1\nHost: a\nX-Request-Id: %s\n%s%s\nConnection: close\n\n"
                .formatted(line, id, length, header));
    }

    /** Request id and status of each line of the access log. */
    private static List<String> logged(CapturedOutput output, String ids) {
        return Pattern.compile("requestId=\"(%s\\d+)\".* status=\"(\\d+)\"".formatted(ids))
                .matcher(output.getAll())
                .results()
                .map(line -> line.group(1) + " " + line.group(2))
                .toList();
    }

    @Test
    void an_invalid_media_type_is_a_problem_within_the_limits(CapturedOutput output) throws Exception {
        try (var limited = new RunningGateway(Map.of(
                "growalert.gateway.routes.pages.requests",
                2,
                "growalert.gateway.routes.pages.per",
                "1h",
                "growalert.gateway.routes.customers.requests",
                2,
                "growalert.gateway.routes.customers.per",
                "1h"))) {
            for (var type : List.of("*/*", "application/*")) {
                assertThat(limited.raw(post(type)))
                        .startsWith("HTTP/1.1 400")
                        .contains("application/problem+json", "\"code\":\"bad_request\"");
            }
            assertThat(limited.raw(post("text/*"))).startsWith("HTTP/1.1 429").contains("Retry-After: ");

            assertThat(limited.billing.count()).isZero();
            await().untilAsserted(() -> assertThat(limited.part(MeterRegistry.class)
                            .find("growalert.gateway.requests")
                            .timers())
                    .extracting(timer -> timer.getId().getTag("status") + " x " + timer.count())
                    .containsExactlyInAnyOrder("400 x 2", "429 x 1"));
        }
        assertThat(output.getAll()).doesNotContain("Exception", "\tat ");
    }

    private static String post(String type) {
        return "POST /charge HTTP/1.1\nHost: a\nContent-Type: %s\nContent-Length: 0\nConnection: close\n\n"
                .formatted(type);
    }
}
