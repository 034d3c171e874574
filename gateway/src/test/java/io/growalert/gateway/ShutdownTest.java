package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ShutdownTest {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    private void hang(RunningGateway gateway) {
        gateway.billing.answers(exchange -> {
            asked.countDown();
            try {
                released.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
            StubBackend.answer(exchange, 200, "late");
        });
    }

    @Test
    void requests_in_progress_complete_and_new_ones_are_rejected() throws Exception {
        try (var gateway = new RunningGateway();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int port = gateway.port();
            hang(gateway);
            var answer = gateway.client.sendAsync(gateway.request("/config").build(), BodyHandlers.ofString());
            asked.await();

            var stopping = threads.submit(gateway::stop);
            await().until(() -> !isOpen(port));
            assertThat(stopping.isDone()).isFalse();
            released.countDown();

            assertThat(answer.get().statusCode()).isEqualTo(200);
            assertThat(answer.get().body()).isEqualTo("late");
            stopping.get();
        }
    }

    @Test
    void a_shutdown_has_a_deadline() throws Exception {
        try (var gateway = new RunningGateway(Map.of("spring.lifecycle.timeout-per-shutdown-phase", "300ms"))) {
            hang(gateway);
            var answer = gateway.client.sendAsync(gateway.request("/config").build(), BodyHandlers.ofString());
            asked.await();

            gateway.stop();

            assertThat(released.getCount()).isOne();
            released.countDown();
            answer.cancel(true);
        }
    }

    private static boolean isOpen(int port) {
        try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            socket.setSoTimeout(1000);
            socket.getOutputStream().write('G');
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
