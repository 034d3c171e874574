package io.growalert.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestMessageTest {
    @TempDir
    Path folder;

    @Test
    void a_test_message_is_marked_as_one_and_its_outcome_is_returned() throws Exception {
        var events = new CopyOnWriteArrayList<AlertEvent>();
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                events.add(Json.read(exchange.getRequestBody().readAllBytes(), AlertEvent.class));
                exchange.sendResponseHeaders(202, -1);
            }
        });
        server.start();
        var file = Files.writeString(
                folder.resolve("growalert.yml"),
                "receivers: {ops: {webhook: {url: 'http://127.0.0.1:%d/'}}}"
                        .formatted(server.getAddress().getPort()));

        var outcome = TestMessage.send(List.of(file), new Variables(Map.of()), MailServer.local(), "ops");
        server.stop(0);

        assertThat(outcome).isEqualTo(new Outcome.Delivered("HTTP 202"));
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.labels()).containsEntry("test", "true");
            assertThat(event.summary()).startsWith("Test message");
        });
    }

    @Test
    void a_response_that_never_ends_is_limited_by_the_handlers_timeout() throws Exception {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var requested = new CountDownLatch(1);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
            requested.countDown();
        });
        server.start();
        var file = Files.writeString(
                folder.resolve("growalert.yml"),
                "receivers: {ops: {webhook: {url: 'http://127.0.0.1:%d/', timeout: 2s}}}"
                        .formatted(server.getAddress().getPort()));

        var sending = CompletableFuture.supplyAsync(() -> {
            try {
                return TestMessage.send(List.of(file), new Variables(Map.of()), MailServer.local(), "ops");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        try {
            assertThat(sending)
                    .succeedsWithin(Duration.ofSeconds(20))
                    .isEqualTo(new Outcome.Retry("timed out after PT3S"));
            assertThat(requested.getCount()).isZero();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void an_undefined_receiver_is_reported() throws Exception {
        var file = Files.writeString(folder.resolve("growalert.yml"), "receivers: {console: {log: {}}}");

        assertThatThrownBy(() -> TestMessage.send(List.of(file), new Variables(Map.of()), MailServer.local(), "ops"))
                .hasMessage("there is no receiver 'ops'; there are console");
    }
}
