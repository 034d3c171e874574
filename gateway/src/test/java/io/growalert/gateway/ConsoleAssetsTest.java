package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the gateway serves the console's files; what they do is tested in a browser. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleAssetsTest {
    private static final String PLOT = "/console/vendor/uPlot.esm.js";

    private RunningGateway gateway;

    @BeforeAll
    void start() throws Exception {
        gateway = new RunningGateway();
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console",
                "/console/",
                "/console/index.html",
                "/console/incidents/8d2f",
                "/console/monitors/room-1",
                "/console/receivers/ops.mail"
            })
    void every_page_of_the_console_is_its_index(String path) throws Exception {
        var answer = gateway.get(path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).startsWith("<!doctype html>");
        assertThat(answer.headers().firstValue("Content-Type")).get().asString().startsWith("text/html");
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-cache");
        assertThat(answer.headers().firstValue("Content-Security-Policy"))
                .get()
                .asString()
                .contains("default-src 'none'", "script-src 'self';", "style-src 'self';", "connect-src 'self';")
                .doesNotContain("unsafe", "stripe");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/nothing.js",
                "/console/favicon.ico",
                "/console/assets/nothing",
                "/console/vendor/nothing",
                "/console/assets/pages/nothing.js"
            })
    void a_file_that_is_not_there_is_not_found(String path) throws Exception {
        assertThat(gateway.get(path).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({PLOT + ", text/javascript", "/console/vendor/uPlot.css, text/css"})
    void the_plot_is_served_from_its_package(String path, String type) throws Exception {
        var answer = gateway.get(path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).get().asString().startsWith(type);
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-cache");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(answer.body()).contains("uplot");
    }

    @Test
    void a_file_is_compressed_for_clients_that_accept_that_and_each_form_has_its_tag() throws Exception {
        var plain = gateway.get(PLOT);
        var request = gateway.request(PLOT).header("Accept-Encoding", "deflate, gzip;q=0.8, br");
        var compressed = gateway.client.send(request.build(), BodyHandlers.ofByteArray());

        assertThat(compressed.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(compressed.body().length).isLessThan(plain.body().length() / 2);
        assertThat(new String(new GZIPInputStream(new ByteArrayInputStream(compressed.body())).readAllBytes(), UTF_8))
                .isEqualTo(plain.body());
        assertThat(plain.headers().firstValue("Vary")).hasValue("Accept-Encoding");
        assertThat(compressed.headers().firstValue("Vary")).hasValue("Accept-Encoding");
        var tag = compressed.headers().firstValue("ETag").orElseThrow();
        assertThat(plain.headers().firstValue("ETag")).get().isNotEqualTo(tag);
        assertThat(gateway.send(request.copy().header("If-None-Match", tag)).statusCode())
                .isEqualTo(304);
        assertThat(gateway.send(gateway.request(PLOT).header("If-None-Match", tag))
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip;q=0", "gzip; q=0.0", "br", "identity", "gzipped"})
    void a_client_that_does_not_accept_that_gets_the_file_itself(String accepted) throws Exception {
        var answer = gateway.send(gateway.request(PLOT).header("Accept-Encoding", accepted));

        assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(answer.body()).contains("uPlot");
    }
}
