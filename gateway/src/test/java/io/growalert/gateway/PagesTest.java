package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesTest {
    private RunningGateway gateway;

    @BeforeAll
    void start() throws Exception {
        gateway = new RunningGateway();
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @Test
    void a_page_is_served_and_revalidated_by_its_etag() throws Exception {
        var first = gateway.get("/register.html");
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("Content-Type")).get().asString().startsWith("text/html");
        assertThat(first.headers().firstValue("Cache-Control")).hasValue("max-age=60, public");
        var tag = first.headers().firstValue("ETag").orElseThrow();

        var again = gateway.send(gateway.request("/register.html").header("If-None-Match", tag));
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(again.headers().firstValue("Content-Security-Policy"))
                .as("the stored page keeps its own")
                .isEmpty();

        assertThat(gateway.send(gateway.request("/register.html").HEAD()).statusCode())
                .isEqualTo(200);
        assertThat(gateway.get("/register/main.js").headers().firstValue("Content-Type"))
                .get()
                .asString()
                .startsWith("text/javascript");
        assertThat(gateway.get("/").headers().firstValue("Location")).hasValue("/register.html");
    }

    @Test
    void a_post_to_a_page_is_refused() throws Exception {
        var response = gateway.send(gateway.request("/register.html").POST(BodyPublishers.ofString("x")));

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
        assertThat(response.body()).contains("\"code\":\"method_not_allowed\"");
    }

    @Test
    void stripe_is_allowed_on_the_payment_page_only() throws Exception {
        assertThat(policy(gateway, "/register.html"))
                .contains(
                        "default-src 'none'",
                        "script-src 'self' https://js.stripe.com https://*.js.stripe.com;",
                        "connect-src 'self' https://api.stripe.com;",
                        "frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com;",
                        "style-src 'self'; style-src-attr 'unsafe-inline';",
                        "frame-ancestors 'none'")
                .containsOnlyOnce("unsafe");
        for (var page : List.of("/success.html", "/sign-in.html")) {
            assertThat(policy(gateway, page))
                    .contains("script-src 'self';", "style-src 'self';", "connect-src 'self';", "frame-src 'none'")
                    .doesNotContain("stripe", "unsafe");
        }
        assertThat(gateway.get("/page-config").body())
                .isEqualTo("{\"stripeJs\":\"https://js.stripe.com/dahlia/stripe.js\",\"stripe\":true}");
    }

    @Test
    void a_stand_in_for_stripe_is_allowed_instead() throws Exception {
        try (var sandbox = new RunningGateway(Map.of(
                "growalert.gateway.stripe.script", "http://127.0.0.1:8084/stripe.js",
                "growalert.gateway.stripe.api", "http://127.0.0.1:8084"))) {
            assertThat(policy(sandbox, "/register.html"))
                    .contains(
                            "script-src 'self' http://127.0.0.1:8084;",
                            "connect-src 'self' http://127.0.0.1:8084;",
                            "frame-src http://127.0.0.1:8084;")
                    .doesNotContain("stripe.com");
            assertThat(sandbox.get("/page-config").body())
                    .isEqualTo("{\"stripeJs\":\"http://127.0.0.1:8084/stripe.js\",\"stripe\":false}");
        }
    }

    private static String policy(RunningGateway gateway, String page) throws Exception {
        return gateway.get(page).headers().firstValue("Content-Security-Policy").orElseThrow();
    }
}
