package io.growalert.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.stripe.param.EventListParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stripe's command line, whose executable {@code STRIPE_CLI} names, fills the sandbox and triggers events. */
class StripeCliTest {
    private final Path cli = Path.of(Objects.requireNonNullElse(System.getenv("STRIPE_CLI"), "/usr/bin/stripe"));

    @TempDir
    private Path home;

    private Peer peer;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(
                Files.isExecutable(cli),
                "Stripe's command line is not installed (npm install --prefix DIR @stripe/cli-linux-x64; STRIPE_CLI=DIR/node_modules/@stripe/cli-linux-x64/bin/stripe)");
        peer = Peer.start();
    }

    @AfterEach
    void stop() {
        if (peer != null) {
            peer.close();
        }
    }

    @Test
    void fixtures_fill_the_sandbox() throws Exception {
        run("fixtures", Path.of("tour/fixtures.json").toAbsolutePath().toString());

        assertThat(peer.v1().subscriptions().list().getData())
                .singleElement()
                .satisfies(subscription -> assertThat(subscription.getStatus()).isEqualTo("active"));
        assertThat(peer.v1().coupons().list().getData()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "charge.failed",
                "charge.refunded",
                "charge.succeeded",
                "customer.created",
                "customer.subscription.created",
                "customer.subscription.deleted",
                "customer.subscription.updated",
                "invoice.finalized",
                "invoice.paid",
                "invoice.payment_failed",
                "payment_intent.payment_failed",
                "payment_intent.succeeded",
                "payment_method.attached",
                "price.created",
                "setup_intent.succeeded",
            })
    void a_triggered_event_happens(String type) throws Exception {
        run("trigger", type);

        assertThat(peer.v1()
                        .events()
                        .list(EventListParams.builder().setType(type).build())
                        .getData())
                .isNotEmpty();
    }

    private void run(String... command) throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of(cli.toString()));
        all.addAll(List.of(command));
        all.addAll(List.of(
                "--api-key",
                StripeSandbox.SECRET_KEY,
                "--api-base",
                peer.sandbox().apiBase().toString()));
        var builder = new ProcessBuilder(all).redirectErrorStream(true);
        builder.environment().put("XDG_CONFIG_HOME", home.toString());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("STRIPE_CLI_TELEMETRY_OPTOUT", "1");
        var process = builder.start();
        var printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(printed).isZero();
    }
}
