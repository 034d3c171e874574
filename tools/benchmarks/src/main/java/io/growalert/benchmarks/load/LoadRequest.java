package io.growalert.benchmarks.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;

/**
 * One request.
 *
 * @param name of the request in the report
 * @param bytes to be read only, from a duplicate
 */
public record LoadRequest(String name, ByteBuffer bytes) {

    public static LoadRequest get(String path, String... headers) {
        return of("GET", path, "", headers);
    }

    public static LoadRequest post(String path, String body, String... headers) {
        return of("POST", path, body, headers);
    }

    private static LoadRequest of(String method, String path, String body, String... headers) {
        var request = new StringBuilder("%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n".formatted(method, path));
        for (var header : headers) {
            request.append(header).append("\r\n");
        }
        if (method.equals("POST")) {
            request.append("Content-Type: application/json\r\nContent-Length: %d\r\n".formatted(body.length()));
        }
        request.append("\r\n").append(body);
        return new LoadRequest(path, ByteBuffer.wrap(request.toString().getBytes(ISO_8859_1)));
    }

    static LoadRequest of(SignedWebhook webhook) {
        return new LoadRequest("/webhook", webhook.request());
    }

    /** These in turn, without an end. */
    public static Supplier<LoadRequest> turns(List<LoadRequest> asks) {
        var next = new int[1];
        return () -> asks.get(next[0]++ % asks.size());
    }
}
