package io.growalert.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.runtime.StartFailure;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesTest {
    private static final List<String> CUSTOMERS =
            List.of("/register.html", "/success.html", "/sign-in.html", "/account.html", "/email-confirm.html");

    private RunningGateway gateway;

    @TempDir
    private Path folder;

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
        assertThat(policy(gateway, "/account.html")).isEqualTo(policy(gateway, "/register.html"));
        for (var page : List.of("/success.html", "/sign-in.html", "/email-confirm.html")) {
            assertThat(policy(gateway, page))
                    .contains("script-src 'self';", "style-src 'self';", "connect-src 'self';", "frame-src 'none'")
                    .doesNotContain("stripe", "unsafe");
        }
        assertThat(gateway.get("/page-config").body())
                .isEqualTo("{\"stripeJs\":\"https://js.stripe.com/dahlia/stripe.js\",\"stripe\":true,"
                        + "\"brand\":{\"name\":\"GrowAlert\",\"color\":\"#17663a\",\"logo\":\"/brand/logo.svg\"}}");
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
                    .startsWith("{\"stripeJs\":\"http://127.0.0.1:8084/stripe.js\",\"stripe\":false,");
        }
    }

    @Test
    void without_settings_the_pages_have_the_products_name_and_mark_and_no_legal_lines() throws Exception {
        for (var page : CUSTOMERS) {
            assertThat(gateway.get(page).body())
                    .as(page)
                    .contains(" - GrowAlert</title>", "<link rel=\"icon\" href=\"/brand/logo.svg\">", ">GrowAlert</p>")
                    .doesNotContain("{{", "Terms of service", "Privacy policy", "Help</a>");
        }
        assertThat(gateway.get("/brand/style.css").body()).contains("--brand-color: #17663a");
        assertThat(gateway.get("/brand/logo.svg").headers().firstValue("Content-Type"))
                .hasValue("image/svg+xml");
    }

    @Test
    void a_brand_is_shown_on_each_page_with_its_links() throws Exception {
        try (var branded = new RunningGateway(Map.of(
                "growalert.brand.name", "Leaf & Watch",
                "growalert.brand.color", "#1A4FD6",
                "growalert.brand.terms", "https://leaf.example/terms?a=1&b=2",
                "growalert.brand.privacy", "https://leaf.example/privacy",
                "growalert.brand.tax", "Prices include 19 % VAT.",
                "growalert.brand.support", "help@leaf.example"))) {
            for (var page : CUSTOMERS) {
                assertThat(branded.get(page).body())
                        .as(page)
                        .contains(
                                " - Leaf &amp; Watch</title>",
                                "https://leaf.example/terms?a&#x3D;1&amp;b&#x3D;2",
                                "https://leaf.example/privacy",
                                "mailto:help@leaf.example")
                        .doesNotContain("GrowAlert", "{{");
            }
            assertThat(branded.get("/register.html").body())
                    .contains("By ordering you accept the", "Prices include 19 % VAT.");
            // devices alone are paid in a step of their own
            assertThat(branded.get("/register.html").body().replaceAll("(?s).*id=\"devices\"", ""))
                    .contains("By ordering you accept the", "Prices include 19 % VAT.", "How we use your data:");
            assertThat(branded.get("/brand/style.css").body()).contains("--brand-color: #1a4fd6");
            assertThat(branded.get("/brand/logo.svg").body()).contains("#1a4fd6");
            assertThat(branded.get("/page-config").body())
                    .contains("\"name\":\"Leaf & Watch\"", "\"support\":\"mailto:help@leaf.example\"");
        }
    }

    @Test
    void an_own_logo_is_served_with_its_type() throws Exception {
        var logo =
                Files.write(folder.resolve("logo"), new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0});
        try (var branded = new RunningGateway(Map.of("growalert.brand.logo", logo.toString()))) {
            assertThat(branded.get("/account.html").body()).contains("href=\"/brand/logo.png\"");
            assertThat(branded.get("/brand/logo.png").headers().firstValue("Content-Type"))
                    .hasValue("image/png");
        }
    }

    @Test
    void a_wrong_brand_stops_the_start_with_a_line_for_each_setting() {
        assertThatThrownBy(() -> new RunningGateway(Map.of(
                        "growalert.brand.color", "#ffff00", "growalert.brand.terms", "http://leaf.example/terms")))
                .isInstanceOf(StartFailure.class)
                .message()
                .hasLineCount(2)
                .contains(
                        "growalert.brand.color: #ffff00: its contrast against white is 1.07",
                        "growalert.brand.terms: ");
    }

    private static String policy(RunningGateway gateway, String page) throws Exception {
        return gateway.get(page).headers().firstValue("Content-Security-Policy").orElseThrow();
    }
}
