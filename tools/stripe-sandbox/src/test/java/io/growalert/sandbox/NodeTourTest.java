package io.growalert.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The tour of {@code tour/tour.mjs} with Stripe's Node SDK. It is no part of the build: {@code STRIPE_NODE_SDK} names the folder of
 * npm's package.
 */
class NodeTourTest {
    @Test
    void every_call_of_the_tour_works() throws IOException, InterruptedException {
        var sdk = Path.of(Objects.requireNonNullElse(System.getenv("STRIPE_NODE_SDK"), "/usr/share/nodejs/stripe"));
        assumeTrue(
                Files.isDirectory(sdk),
                "npm's package stripe is not installed (npm install --prefix DIR stripe; STRIPE_NODE_SDK=DIR/node_modules/stripe)");
        try (var sandbox = StripeSandbox.start(Options.defaults())) {
            var tour = new ProcessBuilder(
                            "node",
                            "tour/tour.mjs",
                            sdk.toString(),
                            sandbox.apiBase().toString())
                    .redirectErrorStream(true)
                    .start();

            var printed = new String(tour.getInputStream().readAllBytes(), UTF_8);

            assertThat(tour.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(tour.exitValue()).as(printed).isZero();
        }
    }
}
