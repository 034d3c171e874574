package io.growalert.benchmarks.alerting;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An API in JSON: the health of a service, or what the gateway serves to operators. */
final class JsonApi {
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final int port;
    private final @Nullable Path tokenFile;

    JsonApi(int port) {
        this(port, null);
    }

    /** @param tokenFile has the operator token as soon as the standalone runs */
    JsonApi(int port, @Nullable Path tokenFile) {
        this.port = port;
        this.tokenFile = tokenFile;
    }

    /** The response whatever its status, so that a health that is DOWN is read as well. */
    JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(send("GET", path, "").body());
    }

    /** Whether the response is a list, and no problem. */
    boolean lists(String path) {
        try {
            return get(path).isArray();
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** @throws IllegalStateException when the response is not a 2xx */
    void change(String method, String path, String json) throws IOException, InterruptedException {
        var answer = send(method, path, json);
        if (answer.statusCode() / 100 != 2) {
            throw new IllegalStateException("%s %s: %d %s".formatted(method, path, answer.statusCode(), answer.body()));
        }
    }

    /** A summary: each component that is not UP, or the status alone. */
    String health(String path) {
        try {
            var health = get(path);
            var words = new StringBuilder(health.path("status").asString("none"));
            health.path("components").forEachEntry((name, component) -> {
                if (!component.path("status").asString("").equals("UP")) {
                    words.append(", ").append(name).append(' ').append(component);
                }
            });
            return words.toString();
        } catch (IOException e) {
            return "no answer (%s)".formatted(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (tokenFile != null) {
            request.header(
                    "Authorization", "Bearer " + Files.readString(tokenFile).strip());
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
