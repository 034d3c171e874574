package io.growalert.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Objects;
import java.util.function.Supplier;

/** The script that stands in for Stripe.js. */
final class Stub {
    private Stub() {}

    /**
     * @param base asked when the script is: the sandbox's address is known once it listens
     */
    static void routes(Routes routes, Supplier<URI> base) {
        var script = script();
        routes.open(
                "GET",
                "/stripe.js",
                _ -> Answer.text(
                        200,
                        "text/javascript; charset=utf-8",
                        script.replace("{{base}}", base.get().toString())));
    }

    private static String script() {
        try (InputStream file = Objects.requireNonNull(Stub.class.getResourceAsStream("stripe.js"))) {
            return new String(file.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
