package io.growalert.monitor.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DeadManSwitchTest {
    @Test
    @Timeout(30)
    void an_answer_without_an_end_ends_the_call() throws Exception {
        var called = new CountDownLatch(1);
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write(1);
                exchange.getResponseBody().flush();
                called.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
        try (var http = HttpClient.newHttpClient()) {
            var receiver = URI.create(
                    "http://127.0.0.1:%d/".formatted(server.getAddress().getPort()));

            assertThat(DeadManSwitch.status(http, receiver)).isEqualTo(200);
        } finally {
            called.countDown();
            server.stop(0);
        }
    }
}
