package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code growalert up --no-billing}, with an operator token from the environment. */
class NoBillingUpTest {
    private static final String TOKEN = "a-token-of-the-environment";

    private final int http = ForkedGrowAlert.freeHttp();

    @TempDir
    private Path folder;

    @Test
    void alerts_are_there_and_customers_are_not() throws Exception {
        var definitions = Files.writeString(folder.resolve("definitions.yaml"), "receivers: {console: {log: {}}}\n");
        try (var growalert = ForkedGrowAlert.up(
                folder.resolve("data"),
                folder.resolve("tmp"),
                Map.of(StoredToken.VARIABLE, TOKEN),
                http,
                "--no-billing",
                "--no-history",
                "--config",
                definitions.toString())) {
            growalert.awaitOutput("Ready after");

            assertThat(growalert.output())
                    .contains("  Token       in " + StoredToken.VARIABLE + "\n")
                    .doesNotContain(TOKEN)
                    .doesNotContain("Customers");
            assertThat(folder.resolve("data/operator-token")).doesNotExist();
            // the first request to a service may take longer than the gateway waits, which keeps that result for 5 s
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(
                            () -> assertThat(get("/health")).as(this::reasons).isEqualTo("200 {\"status\":\"UP\"}"));
            assertThat(get("/api/alerts")).isEqualTo("200 []");
            assertThat(get("/register.html")).startsWith("404 ");
            assertThat(get("/config")).startsWith("404 ");
            assertThat(get("/api/billing/events")).startsWith("404 ");
            assertThat(growalert.log()).doesNotContain(TOKEN).doesNotContain("history-service");
        }
    }

    private String reasons() {
        try {
            return get("/api/gateway/health");
        } catch (Exception e) {
            return e.toString();
        }
    }

    private String get(String path) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http + path))
                    .header("Authorization", "Bearer " + TOKEN)
                    .build();
            var answer = client.send(request, BodyHandlers.ofString());
            return answer.statusCode() + " " + answer.body();
        }
    }
}
