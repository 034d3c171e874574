package io.growalert.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.runtime.Service;
import io.growalert.testkit.TestIdentity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** A client that polls a service. */
class EntityTagsTest {
    private static final String SERVICE = "example";
    private static final TestIdentity GATEWAY = new TestIdentity();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final CountDownLatch READ = new CountDownLatch(1);
    private static final Queue<SseEmitter> STREAMS = new ConcurrentLinkedQueue<>();

    private static volatile String content = "[1]";
    private static ConfigurableApplicationContext service;

    @SpringBootConfiguration(proxyBeanMethods = false)
    @Import({Api.class, ProblemAdvice.class, Web.class})
    static class Example {}

    @RestController
    static class Api {
        @GetMapping({"/api/things", "/things"})
        String list() {
            return content;
        }

        @PostMapping("/api/things")
        String change() {
            return content;
        }

        @GetMapping("/api/failed")
        ResponseEntity<String> failed() {
            return ResponseEntity.status(503).body(content);
        }

        @GetMapping("/api/stream")
        SseEmitter stream() throws IOException {
            var events = new SseEmitter();
            events.send("first");
            STREAMS.add(events);
            return events;
        }

        /** Goes on when the client has its beginning. */
        @GetMapping("/api/csv")
        ResponseEntity<StreamingResponseBody> csv() {
            return ResponseEntity.ok()
                    .contentType(MediaType.valueOf("text/csv"))
                    .body(out -> {
                        // more than the server's buffer, which Spring does not flush
                        out.write("slot,value\n".repeat(10_000).getBytes(UTF_8));
                        try {
                            assertThat(READ.await(60, TimeUnit.SECONDS)).isTrue();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
        }
    }

    @BeforeAll
    static void start() {
        service = new Service(Example.class, "example-service")
                .start(Map.of(
                        "server.port",
                        0,
                        "spring.application.name",
                        SERVICE,
                        "growalert.identity.public-key",
                        GATEWAY.publicKey()));
    }

    @AfterAll
    static void stop() {
        STREAMS.forEach(SseEmitter::complete);
        service.close();
        HTTP.shutdownNow();
    }

    private static HttpRequest.Builder request(String path) {
        var port = service.getEnvironment().getProperty("local.server.port");
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", GATEWAY.bearer(SERVICE));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void the_same_content_is_not_sent_again_and_other_content_is() throws Exception {
        content = "[1]";
        var first = send(request("/api/things"));
        var tag = first.headers().firstValue("ETag").orElseThrow();
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("Content-Length")).hasValue("3");

        var same = send(request("/api/things").header("If-None-Match", tag));
        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(same.headers().firstValue("ETag")).hasValue(tag);

        content = "[2]";
        var changed = send(request("/api/things").header("If-None-Match", tag));
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.body()).isEqualTo("[2]");
        assertThat(changed.headers().firstValue("ETag")).get().isNotEqualTo(tag);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/things", "/api/failed", "/api/nothing"})
    void other_answers_have_none(String path) throws Exception {
        assertThat(send(request(path)).headers().firstValue("ETag")).isEmpty();
    }

    @Test
    void a_refused_request_and_a_change_have_none() throws Exception {
        assertThat(send(request("/api/things").setHeader("Authorization", "Bearer x"))
                        .headers()
                        .firstValue("ETag"))
                .isEmpty();
        assertThat(send(request("/api/things").POST(HttpRequest.BodyPublishers.noBody()))
                        .headers()
                        .firstValue("ETag"))
                .isEmpty();
    }

    @Test
    void a_stream_is_sent_as_it_comes() throws Exception {
        var answer = HTTP.send(
                request("/api/stream").header("Accept", "text/event-stream").build(), BodyHandlers.ofInputStream());
        try (var stream = answer.body()) {
            assertThat(new String(stream.readNBytes(10), UTF_8)).isEqualTo("data:first");
        }
        assertThat(answer.headers().firstValue("ETag")).isEmpty();
    }

    @Test
    void csv_is_sent_as_it_comes() throws Exception {
        var answer = HTTP.send(request("/api/csv").header("Accept", "text/csv").build(), BodyHandlers.ofInputStream());
        try (var stream = answer.body()) {
            assertThat(new String(stream.readNBytes(10), UTF_8)).isEqualTo("slot,value");
            READ.countDown();
        }
        assertThat(answer.headers().firstValue("ETag")).isEmpty();
    }
}
