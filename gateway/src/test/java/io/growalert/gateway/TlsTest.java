package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS with an SSL bundle, HTTP/2, and a certificate that is replaced while the gateway runs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private static Path folder;

    private RunningGateway gateway;

    @BeforeAll
    void start() throws Exception {
        TestTls.certificate(folder, "first");
        gateway = new RunningGateway(Map.of(
                "server.ssl.bundle", "web",
                "spring.ssl.bundle.jks.web.keystore.location", "file:" + folder.resolve("web.p12"),
                "spring.ssl.bundle.jks.web.keystore.password", TestTls.PASSWORD,
                "spring.ssl.bundle.jks.web.reload-on-update", true,
                "spring.ssl.bundle.watch.file.quiet-period", "100ms",
                "growalert.gateway.routes.customers.body", "1KB",
                "growalert.gateway.routes.customers.timeout", "300ms",
                "growalert.gateway.slowest", "2s"));
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private static HttpClient client(Version version) throws Exception {
        return HttpClient.newBuilder()
                .version(version)
                .sslContext(TestTls.trusting())
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + gateway.port() + path));
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void a_route_and_a_page_are_served_in_the_version_that_the_client_requests(Version version) throws Exception {
        try (var client = client(version)) {
            var answer = client.send(
                    request("/create-customer?a=1")
                            .header("Cookie", "session=A")
                            .POST(BodyPublishers.ofString("{}"))
                            .build(),
                    BodyHandlers.ofString());
            var page = client.send(request("/register.html").build(), BodyHandlers.ofString());

            assertThat(answer.version()).isEqualTo(version);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("ok");
            assertThat(answer.headers().firstValue("Strict-Transport-Security")).hasValue("max-age=31536000");
            assertThat(page.version()).isEqualTo(version);
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Strict-Transport-Security")).hasValue("max-age=31536000");
            var seen = gateway.billing.last();
            assertThat(seen.uri()).isEqualTo("/create-customer?a=1");
            assertThat(seen.body()).asString().isEqualTo("{}");
            assertThat(seen.header("Cookie")).isEqualTo("session=A");
            assertThat(seen.header("X-Forwarded-Proto")).isEqualTo("https");
            assertThat(seen.header("X-Forwarded-Host")).isEqualTo("localhost");
            assertThat(seen.header("X-Forwarded-Port")).isEqualTo(Integer.toString(gateway.port()));
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void limits_and_refusals_are_the_same(Version version) throws Exception {
        try (var client = client(version)) {
            assertThat(client.send(
                                    request("/charge")
                                            .POST(BodyPublishers.ofByteArray(new byte[2000]))
                                            .build(),
                                    BodyHandlers.ofString())
                            .body())
                    .contains("\"code\":\"body_too_large\"");
            assertThat(client.send(request("/api/mutes").build(), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(401);
            assertThat(client.send(request("/config?a=%ff").build(), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(400);
            assertThat(client.send(request("/nothing").build(), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void a_missing_or_truncated_response_is_visible(Version version) throws Exception {
        var released = new CountDownLatch(1);
        try (var client = client(version)) {
            gateway.billing.answers(exchange -> {
                try {
                    released.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThat(client.send(request("/config").build(), BodyHandlers.ofString())
                            .body())
                    .contains("\"code\":\"backend_timeout\"");
            released.countDown();

            gateway.billing.answers(exchange -> {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write('x');
                exchange.getResponseBody().flush();
                throw new IOException("gone");
            });
            assertThatThrownBy(() -> client.send(request("/config").build(), BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        } finally {
            gateway.billing.answers(exchange -> StubBackend.answer(exchange, 200, "ok"));
        }
    }

    @Test
    void a_replaced_certificate_is_used_by_the_next_connection() throws Exception {
        assertThat(unit()).isEqualTo("first");

        TestTls.certificate(folder, "second");

        await().until(() -> unit().equals("second"));
    }

    @Test
    void the_certificate_serves_all_host_names() throws Exception {
        try (var socket = TestTls.trusting().getSocketFactory().createSocket("localhost", gateway.port())) {
            socket.getOutputStream()
                    .write("GET /config HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n"
                            .getBytes(US_ASCII));

            assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 200");
        }
    }

    private String unit() throws Exception {
        return TestTls.unit(gateway.port());
    }
}
