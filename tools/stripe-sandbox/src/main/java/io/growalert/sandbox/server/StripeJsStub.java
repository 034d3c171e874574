package io.growalert.sandbox.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.sandbox.http.ApiResponse;
import io.growalert.sandbox.http.ApiRoutes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Objects;
import java.util.function.Supplier;

/** The script that replaces Stripe.js. */
public final class StripeJsStub {
    private StripeJsStub() {}

    /**
     * @param base read with each request for the script: the sandbox's address is known once it listens
     */
    public static void routes(ApiRoutes routes, Supplier<URI> base) {
        var script = script();
        routes.open(
                "GET",
                "/stripe.js",
                _ -> ApiResponse.text(
                        200,
                        "text/javascript; charset=utf-8",
                        script.replace("{{base}}", base.get().toString())));
    }

    private static String script() {
        try (InputStream file = Objects.requireNonNull(StripeJsStub.class.getResourceAsStream("stripe.js"))) {
            return new String(file.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
