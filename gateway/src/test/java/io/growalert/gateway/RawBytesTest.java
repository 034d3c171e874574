package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A signature covers the exact bytes, so the gateway must not decompress, compress, decode or normalize them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RawBytesTest {
    private static final byte[] ODD = odd(300_000);

    private RunningGateway gateway;

    @BeforeAll
    void start() throws Exception {
        gateway = new RunningGateway();
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    /** Every byte, then random ones: neither UTF-8 nor valid in any of the encodings below. */
    private static byte[] odd(int length) {
        var bytes = new byte[length];
        new Random(7).nextBytes(bytes);
        for (int i = 0; i < 256; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({
        "gzip,false",
        "gzip,true",
        "br,false",
        "br,true",
        "deflate,false",
        "deflate,true",
        "zstd,false",
        "zstd,true",
        "x-of-our-own,false",
        "x-of-our-own,true",
        "identity,false",
        "identity,true",
        "'gzip, br',true"
    })
    void a_body_passes_unchanged_in_any_encoding(String encoding, boolean chunked) throws Exception {
        gateway.send(gateway.request("/webhook")
                .header("Content-Type", "application/json; charset=utf-8")
                .header("Content-Encoding", encoding)
                .header("Stripe-Signature", "t=1,v1=a")
                .POST(body(ODD, chunked)));

        var seen = gateway.billing.last();
        assertThat(seen.body()).isEqualTo(ODD);
        assertThat(seen.header("Content-Encoding")).isEqualTo(encoding);
        assertThat(seen.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
        assertThat(seen.header("Stripe-Signature")).isEqualTo("t=1,v1=a");
        assertThat(seen.header("Content-Length")).isEqualTo(Integer.toString(ODD.length));
    }

    private static BodyPublisher body(byte[] bytes, boolean chunked) {
        return chunked
                ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))
                : BodyPublishers.ofByteArray(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "x/y"})
    void a_body_passes_unchanged_with_any_media_type(String type) throws Exception {
        var body = "a=1&b=%zz&a=+\u0000&&--x\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.UTF_8);

        gateway.send(
                gateway.request("/webhook?a=2").header("Content-Type", type).POST(BodyPublishers.ofByteArray(body)));

        assertThat(gateway.billing.last().body()).isEqualTo(body);
        assertThat(gateway.billing.last().header("Content-Type")).isEqualTo(type);
        assertThat(gateway.billing.last().uri()).isEqualTo("/webhook?a=2");
    }

    /** The body is valid gzip, so that an intermediary could decompress it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_compressed_body_is_not_decompressed(boolean chunked) throws Exception {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write("{\"id\": \"evt_1\"}".getBytes(UTF_8));
        }

        gateway.send(gateway.request("/webhook")
                .header("Content-Encoding", "gzip")
                .POST(body(packed.toByteArray(), chunked)));

        assertThat(gateway.billing.last().body()).isEqualTo(packed.toByteArray());
        assertThat(gateway.billing.last().header("Content-Encoding")).isEqualTo("gzip");
    }

    @Test
    void the_characters_of_a_header_pass_in_any_encoding_and_control_characters_do_not() throws Exception {
        var request = "GET /config HTTP/1.1\nHost: a\nX-Name: %s\nConnection: close\n\n";
        var letters = new String(new byte[] {(byte) 0xc3, (byte) 0xa9, (byte) 0xe9, (byte) 0xff}, ISO_8859_1);

        assertThat(gateway.raw(request.formatted(letters))).startsWith("HTTP/1.1 200");
        assertThat(gateway.billing.last().header("X-Name")).isEqualTo(letters);
        assertThat(gateway.raw(request.formatted("\u0085"))).startsWith("HTTP/1.1 400");
    }

    @Test
    void an_empty_body_passes() throws Exception {
        gateway.send(gateway.request("/webhook").POST(BodyPublishers.noBody()));

        assertThat(gateway.billing.last().body()).isEmpty();
        assertThat(gateway.billing.last().header("Content-Length")).isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource({"gzip,0", "br,-1", "identity,0"})
    void a_response_passes_unchanged_in_any_encoding(String encoding, int framing) throws Exception {
        gateway.billing.answers(exchange -> {
            exchange.getResponseHeaders().add("Content-Encoding", encoding);
            // 0 is chunked
            exchange.sendResponseHeaders(200, framing == 0 ? 0 : ODD.length);
            exchange.getResponseBody().write(ODD);
        });

        var response = gateway.client.send(
                gateway.request("/config").header("Accept-Encoding", "gzip, br").build(), BodyHandlers.ofByteArray());

        assertThat(response.body()).isEqualTo(ODD);
        assertThat(response.headers().firstValue("Content-Encoding")).hasValue(encoding);
        assertThat(gateway.billing.last().header("Accept-Encoding")).isEqualTo("gzip, br");
        gateway.billing.answers(exchange -> StubBackend.answer(exchange, 200, "ok"));
    }
}
