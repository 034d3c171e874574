package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Status pages on the real gateway with a stub of the history-service. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class StatusApiTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    /** Its results never become stale. */
    private static final String REPORT = """
            {"asOf": "2126-11-27T09:00:12Z", "status": "FAILED", "total": 1502, "secret": "left out",
             "monitors": [
               {"id": "room-1", "title": "<b>Room</b> & hall", "status": "FAILED", "since": "2026-11-27T08:55:00Z", "labels": {"site": "left out"},
                "bar": [{"from": "2026-11-27T08:00:00Z", "to": "2026-11-27T08:30:00Z", "status": "PASSED"},
                        {"from": "2026-11-27T08:30:00Z", "to": "2026-11-27T09:00:00Z", "status": "FAILED"},
                        {"from": "2026-11-27T09:00:00Z", "to": "2026-11-27T09:30:00Z", "status": null}]},
               {"id": "room-2", "status": "MISSED"}],
             "incidents": [{"monitor": "room-1", "from": "2026-11-27T08:55:00Z"},
                           {"monitor": "room-2", "from": "2026-11-26T08:55:00Z", "to": "2026-11-26T09:00:00Z"}]}
            """;

    @TempDir
    private static Path folder;

    private StubBackend history;
    private RunningGateway gateway;

    @BeforeAll
    void start() throws Exception {
        history = new StubBackend();
        history.answers(exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            StubBackend.answer(exchange, 200, REPORT);
        });
        var file = Files.writeString(folder.resolve("farm.yaml"), """
                statusPages:
                  - {name: farm, title: "The <farm>", match: ["site=north", "room=~lab & hall.*"], public: true}
                  - {name: inside, match: ["site=south"]}
                """);
        gateway = new RunningGateway(
                Map.of("growalert.gateway.history-url", history.url(), "growalert.gateway.definitions", List.of(file)));
    }

    @AfterAll
    void stop() {
        gateway.close();
        history.close();
    }

    @Test
    void a_public_page_shows_the_report_escaped_and_without_a_script() throws Exception {
        var answer = gateway.get("/status/farm");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).get().asString().startsWith("text/html");
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("max-age=15, public");
        assertThat(answer.headers().firstValue("Content-Security-Policy"))
                .get()
                .asString()
                .contains("style-src 'self'")
                .doesNotContain("unsafe");
        assertThat(answer.body())
                .contains(
                        "<h1>The &lt;farm&gt;</h1>",
                        "<p class=\"overall failed\">failed</p>",
                        "As of <time>2126-11-27 09:00:12 UTC</time>",
                        "<h3>&lt;b&gt;Room&lt;/b&gt; &amp; hall</h3>",
                        "operational 1, failed 1, unknown 1 of 3 periods",
                        "<h3>room-2</h3>",
                        "<p>and 1,500 more</p>",
                        "<p class=\"unknown\">not checked</p>",
                        "<strong>open</strong> since 2026-11-27 08:55:00 UTC",
                        "2026-11-26 08:55:00 UTC to 2026-11-26 09:00:00 UTC")
                .doesNotContain("<script", "<b>", "style=", "left out", "stale");
        assertThat(gateway.get("/status/style.css").statusCode()).isEqualTo(200);
    }

    @Test
    void its_matchers_reach_the_service_with_an_identity_of_a_viewer() throws Exception {
        gateway.get("/status/farm.json");

        assertThat(history.last().uri())
                .isIn(
                        "/api/history/status?match=site%3Dnorth&match=room%3D%7Elab+%26+hall.*",
                        "/api/history/status?match=site%3Dsouth");
        var claims = com.nimbusds.jwt.SignedJWT.parse(
                        String.valueOf(history.last().header("Authorization")).replace("Bearer ", ""))
                .getJWTClaimsSet();
        assertThat(claims.getAudience()).containsExactly("history-service");
        assertThat(claims.getStringClaim("role")).isEqualTo("viewer");
    }

    @Test
    void json_has_the_report_and_whether_it_is_stale() throws Exception {
        var answer = gateway.get("/status/farm.json");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
        assertThat(answer.body())
                .startsWith(
                        "{\"name\":\"farm\",\"title\":\"The <farm>\",\"asOf\":\"2126-11-27T09:00:12Z\",\"stale\":false,\"status\":\"FAILED\",\"total\":1502,")
                .contains("\"since\":\"2026-11-27T08:55:00Z\"")
                .doesNotContain("left out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/status/farm", "/status/farm.json"})
    void a_client_that_accepts_gzip_gets_the_same_content_compressed(String path) throws Exception {
        var plain = gateway.get(path);
        var request = gateway.request(path).header("Accept-Encoding", "gzip");
        try (var client = HttpClient.newHttpClient()) {
            var answer = client.send(request.build(), BodyHandlers.ofByteArray());

            assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");
            assertThat(answer.headers().allValues("Vary")).contains("Accept-Encoding");
            assertThat(new GZIPInputStream(new ByteArrayInputStream(answer.body())))
                    .hasContent(plain.body());
        }
        assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(plain.headers().allValues("Vary")).contains("Accept-Encoding");
    }

    @Test
    void the_badge_is_an_image_that_other_sites_may_show() throws Exception {
        var answer = gateway.get("/status/farm.svg");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).get().asString().startsWith("image/svg+xml");
        assertThat(answer.headers().firstValue("Cross-Origin-Resource-Policy")).hasValue("cross-origin");
        assertThat(answer.body())
                .contains("aria-label=\"The &lt;farm&gt;: failed\"", "#c62828")
                .doesNotContain("<farm>");
    }

    @Test
    void a_page_that_is_not_public_needs_a_session_or_a_token() throws Exception {
        var page = gateway.get("/status/inside");
        assertThat(page.statusCode()).isEqualTo(401);
        assertThat(page.body())
                .contains("This page is for operators.", "<a href=\"/console\">")
                .doesNotContain("room-1");
        for (var form : List.of(".json", ".svg")) {
            var refused = gateway.get("/status/inside" + form);
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.body()).contains("\"code\":\"operator_token_needed\"");
        }

        var signedIn = gateway.send(gateway.request("/session")
                .header("Origin", "http://127.0.0.1:" + gateway.port())
                .POST(BodyPublishers.ofString("{\"token\": \"%s\"}".formatted(RunningGateway.TOKEN))));
        var cookie = signedIn.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
        var shown = gateway.send(gateway.request("/status/inside").header("Cookie", cookie));
        assertThat(shown.statusCode()).isEqualTo(200);
        assertThat(shown.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(shown.headers().firstValue("Cross-Origin-Resource-Policy")).hasValue("same-origin");
        assertThat(gateway.send(gateway.asOperator("/status/inside.json")).statusCode())
                .isEqualTo(200);
        // a guess counts as one elsewhere
        assertThat(gateway.send(gateway.request("/status/farm").header("Authorization", "Bearer wrong"))
                        .statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/status", "/status/", "/status/none", "/status/none.json", "/status/farm.xml", "/status/farm/x"
            })
    void an_unknown_page_is_not_found(String path) throws Exception {
        assertThat(gateway.get(path).statusCode()).isEqualTo(404);
    }

    @Test
    void without_any_report_the_page_says_so() throws Exception {
        var file = Files.writeString(
                folder.resolve("away.yaml"), "statusPages: [{name: farm, match: [a=b], public: true}]");
        try (var away = new RunningGateway(Map.of("growalert.gateway.definitions", List.of(file)))) {
            assertThat(away.get("/status/farm").statusCode()).isEqualTo(503);
            assertThat(away.get("/status/farm").body()).contains("No results are available");
            assertThat(away.get("/status/farm.json").body()).contains("\"code\":\"backend_unavailable\"");
            var badge = away.get("/status/farm.svg");
            assertThat(badge.statusCode()).isEqualTo(200);
            assertThat(badge.body()).contains("farm: unknown");
        }
    }

    @Test
    void changed_files_change_the_pages_and_broken_ones_do_not(CapturedOutput output) throws Exception {
        var file = Files.writeString(
                folder.resolve("changing.yaml"), "statusPages: [{name: one, match: [a=b], public: true}]");
        try (var changing = new RunningGateway(Map.of("growalert.gateway.definitions", List.of(file)))) {
            assertThat(changing.get("/status/one.svg").statusCode()).isEqualTo(200);

            Files.writeString(file, "statusPages: [{name: two, match: [a=b], public: true}]");
            await().atMost(LONG).untilAsserted(() -> assertThat(
                            changing.get("/status/two.svg").statusCode())
                    .isEqualTo(200));
            assertThat(changing.get("/status/one.svg").statusCode()).isEqualTo(404);

            Files.writeString(file, "statusPages: [{name: three, match: [a=b]}, {name: three, match: [a=b]}]");
            await().atMost(LONG).untilAsserted(() -> assertThat(output.getAll())
                    .contains("Definition files are invalid; the previous status pages stay"));
            assertThat(changing.get("/status/two.svg").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_truncated_file_removes_no_page() throws Exception {
        var file = Files.writeString(
                folder.resolve("truncated.yaml"), "statusPages: [{name: one, match: [a=b], public: true}]");
        try (var gateway = new RunningGateway(Map.of("growalert.gateway.definitions", List.of(file)))) {
            Files.writeString(file, "# no key");

            await().atMost(LONG).untilAsserted(() -> assertThat(health(gateway)).contains("the file is empty"));
            assertThat(gateway.get("/status/one.svg").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"statusPages:\n  - {name: Farm, match: [a=b]}", "statusPages: [", "", "none"})
    void invalid_files_do_not_prevent_the_start_and_are_reported(String text) throws Exception {
        var file = folder.resolve("invalid.yaml");
        Files.deleteIfExists(file);
        if (!text.equals("none")) {
            Files.writeString(file, text);
        }
        try (var gateway = new RunningGateway(Map.of("growalert.gateway.definitions", List.of(file)))) {
            assertThat(gateway.get("/status/farm").statusCode()).isEqualTo(404);
            assertThat(gateway.send(gateway.asOperator("/api/monitors")).statusCode())
                    .isEqualTo(200);
            assertThat(gateway.get("/health").body()).contains("DEGRADED");
            assertThat(health(gateway))
                    .contains("\"statusPages\":{", "\"definitionFiles\":\"" + file, "\"status\":\"DEGRADED\"");

            Files.writeString(file, "statusPages: [{name: farm, match: [a=b], public: true}]");
            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(gateway.get("/health").body()).isEqualTo("{\"status\":\"UP\"}"));
            assertThat(gateway.get("/status/farm.svg").statusCode()).isEqualTo(200);
        }
    }

    private static String health(RunningGateway gateway) throws Exception {
        return gateway.send(gateway.asOperator("/api/gateway/health")).body();
    }
}
