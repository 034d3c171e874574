package io.growalert.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.StripeClient;
import io.growalert.billing.stripe.StripePrices.Price;
import io.growalert.definitions.Secret;
import io.growalert.sandbox.Options;
import io.growalert.sandbox.PlanPrice;
import io.growalert.sandbox.StripeSandbox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class StripeProbeTest {
    private static final List<String> KEYS = List.of("basic");

    private static StripeProbe probe(int port, Duration patience) {
        var address = URI.create("http://127.0.0.1:" + port);
        var settings = new StripeSettings(
                address,
                new Secret(StripeSandbox.SECRET_KEY),
                StripeSandbox.PUBLISHABLE_KEY,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                0,
                20,
                null,
                Duration.ofSeconds(10));
        var client = StripeClient.builder()
                .setApiKey(StripeSandbox.SECRET_KEY)
                .setApiBase(address.toString())
                .build();
        return new StripeProbe(new StripePrices(client, settings), settings, patience);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void an_unreachable_stripe_is_named_with_its_variable() throws IOException {
        var probe = probe(freePort(), Duration.ofMillis(1_500));

        assertThatThrownBy(() -> probe.prices(KEYS))
                .isInstanceOf(StripeUnusable.class)
                .message()
                .hasLineCount(1)
                .contains("http://127.0.0.1", "unreachable", "GROWALERT_BILLING_STRIPE_APIBASE");
    }

    @Test
    void a_stripe_that_accepts_connections_and_never_answers_is_unreachable_too() throws IOException {
        try (var silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            var probe = probe(silent.getLocalPort(), Duration.ofMillis(1_500));

            assertThatThrownBy(() -> probe.prices(KEYS)).isInstanceOf(StripeUnusable.class);
        }
    }

    @Test
    void a_stripe_that_starts_beside_us_is_waited_for() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int port;
            CompletableFuture<Optional<List<Price>>> prices;
            try (var early = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = early.getLocalPort();
                var probe = probe(port, Duration.ofSeconds(30));
                prices = CompletableFuture.supplyAsync(() -> probe.prices(KEYS), threads);
                early.accept().close();
            }

            try (var stripe = StripeSandbox.start(Options.defaults()
                    .withPort(port)
                    .withPrices(List.of(new PlanPrice("basic", "Basic", 500, "eur", "month"))))) {
                assertThat(prices.get().orElseThrow()).hasSize(1);
                assertThat(stripe.apiBase().getPort()).isEqualTo(port);
            }
        }
    }
}
