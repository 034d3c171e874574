package io.growalert.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The script and the requests that a page may send; the script is not run in a browser here. */
class StubTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private StripeSandbox sandbox;

    @BeforeEach
    void start() throws IOException {
        sandbox = StripeSandbox.start(Options.defaults());
    }

    @AfterEach
    void stop() {
        sandbox.close();
        client.close();
    }

    @Test
    void the_script_is_served_with_the_address_of_its_sandbox() throws Exception {
        var answer = send(HttpRequest.newBuilder(sandbox.stubScript()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/javascript; charset=utf-8");
        assertThat(answer.body())
                .contains("SERVED_BY = '" + sandbox.apiBase() + "'", "stripe-sandbox: no money moves")
                .doesNotContain("{{base}}");
    }

    @Test
    void a_page_of_another_origin_may_send_the_publishable_key() throws Exception {
        var preflight = send(HttpRequest.newBuilder(at("/v1/payment_methods"))
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", "http://localhost:3000")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type"));
        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                .contains("*");
        assertThat(preflight
                        .headers()
                        .firstValue("Access-Control-Allow-Methods")
                        .orElseThrow())
                .contains("POST");
        assertThat(preflight
                        .headers()
                        .firstValue("Access-Control-Allow-Headers")
                        .orElseThrow())
                .contains("Authorization");

        var made = send(HttpRequest.newBuilder(at("/v1/payment_methods"))
                .header("Origin", "http://localhost:3000")
                .header("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
                .POST(BodyPublishers.ofString("type=card&card[number]=4242424242424242&card[exp_month]=12"
                        + "&card[exp_year]=2039&card[cvc]=123&key=" + StripeSandbox.PUBLISHABLE_KEY)));
        assertThat(made.statusCode()).isEqualTo(200);
        assertThat(made.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
        assertThat(made.body()).contains("\"pm_").doesNotContain("4242424242424242");
    }

    @Test
    void a_page_may_not_do_what_needs_the_secret_key() throws Exception {
        var answer = send(HttpRequest.newBuilder(at("/v1/customers?key=" + StripeSandbox.PUBLISHABLE_KEY)));

        assertThat(answer.statusCode()).isEqualTo(403);
    }

    private URI at(String path) {
        return sandbox.apiBase().resolve(path);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
