package io.growalert.benchmarks.billing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.sandbox.StripeSandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Stripe's API in plain HTTP. Not for several threads at once. */
final class SandboxClient {
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI base;
    private final Map<String, Integer> refusals = new TreeMap<>();

    SandboxClient(URI base) {
        this.base = base;
    }

    /** Names and values in turn; the response may be an error, which is counted. */
    JsonNode post(String path, String... parameters) {
        return send(
                path,
                request(path)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form(parameters)))
                        .build());
    }

    /** In the format of the sandbox's own addresses. */
    JsonNode postJson(String path, String json) {
        return send(
                path,
                request(path).POST(HttpRequest.BodyPublishers.ofString(json)).build());
    }

    JsonNode get(String path, String... parameters) {
        var query = form(parameters);
        return send(path, request(query.isEmpty() ? path : path + "?" + query).build());
    }

    JsonNode delete(String path) {
        return send(path, request(path).DELETE().build());
    }

    /** The errors, and how often each occurred. */
    Map<String, Integer> refusals() {
        return refusals;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + StripeSandbox.SECRET_KEY);
    }

    private JsonNode send(String path, HttpRequest request) {
        try {
            var response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            var body = JSON.readTree(response.body());
            if (response.statusCode() != 200) {
                var error = body.path("error");
                var what = "%s %s: %d %s %s"
                        .formatted(
                                request.method(),
                                path.replaceAll("_[A-Za-z0-9]{8,}", "_"),
                                response.statusCode(),
                                error.path("code").asString(""),
                                error.path("message").asString("").replaceAll("_[A-Za-z0-9]{8,}", "_"));
                refusals.merge(what, 1, Integer::sum);
            }
            return body;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String form(String... parameters) {
        var form = new StringBuilder();
        for (int i = 0; i < parameters.length; i += 2) {
            form.append(i == 0 ? "" : "&")
                    .append(URLEncoder.encode(parameters[i], UTF_8))
                    .append('=')
                    .append(URLEncoder.encode(parameters[i + 1], UTF_8));
        }
        return form.toString();
    }
}
