package io.growalert.standalone;

import io.growalert.events.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The services' operator API, through the gateway. A failure is one line. */
final class BillingApi implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Longer than the gateway waits for billing, so that the gateway reports what is wrong. */
    private static final Duration LIMIT = Duration.ofSeconds(45);

    /** Of a request beyond the gateway's limit; each waits for as long as the gateway says, for a minute at most. */
    private static final int RETRIES = 10;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final URI base;
    private final Optional<String> token;

    /** @param token the operator's, where one is known */
    BillingApi(URI base, Optional<String> token) {
        this.base = base;
        this.token = token;
    }

    /**
     * The response as JSON; empty when it has no body. A GET beyond the gateway's limit of requests is retried.
     *
     * @throws CannotRun the gateway is unreachable or refused the request, or what responded is no gateway
     */
    Optional<JsonNode> call(String method, String path, @Nullable Object body) {
        return call(method, path, body, null);
    }

    /** @param key the {@code Idempotency-Key} of a change that must not be made twice; null: none */
    Optional<JsonNode> call(String method, String path, @Nullable Object body, @Nullable String key) {
        var request = request(method, path, body).timeout(LIMIT);
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        var answer = send(request, BodyHandlers.ofString());
        for (int retry = 0; answer.statusCode() == 429 && method.equals("GET") && retry < RETRIES; retry++) {
            pause(answer.headers().firstValueAsLong("Retry-After").orElse(1));
            answer = send(request(method, path, body).timeout(LIMIT), BodyHandlers.ofString());
        }
        if (answer.statusCode() >= 300) {
            throw refused(path, answer.statusCode(), answer.body());
        }
        if (answer.body().isBlank()) {
            return Optional.empty();
        }
        return Optional.of(read(answer.body())
                .orElseThrow(() -> new CannotRun(
                        "%s responded with something else than JSON: is it a gateway of GrowAlert?".formatted(base))));
    }

    /** Passes on each line of the response as it arrives, without a time limit. */
    void follow(String path, Consumer<String> line) {
        var answer = send(request("POST", path, null), BodyHandlers.ofLines());
        try (var lines = answer.body()) {
            if (answer.statusCode() >= 300) {
                throw refused(path, answer.statusCode(), String.join(" ", lines.toList()));
            }
            lines.forEach(line);
        } catch (UncheckedIOException e) {
            throw new CannotRun("the response of %s ended too early: try again".formatted(base), e);
        }
    }

    private HttpRequest.Builder request(String method, String path, @Nullable Object body) {
        var publisher = body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(Json.write(body));
        var request = HttpRequest.newBuilder(base.resolve(path))
                .header("Content-Type", "application/json")
                .method(method, publisher);
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        return request;
    }

    private <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request.build(), handler);
        } catch (HttpConnectTimeoutException e) {
            throw unreachable(e);
        } catch (HttpTimeoutException e) {
            throw new CannotRun(
                    "%s did not respond within %d s; it may have executed the request: check, then try again"
                            .formatted(base, LIMIT.toSeconds()),
                    e);
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotRun("interrupted while calling " + base, e);
        }
    }

    private void pause(long seconds) {
        try {
            Thread.sleep(Duration.ofSeconds(Math.clamp(seconds, 1, 60)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotRun("interrupted while waiting for " + base, e);
        }
    }

    private CannotRun unreachable(IOException e) {
        return new CannotRun("%s is unreachable: start it, or name another address with --url".formatted(base), e);
    }

    static Optional<JsonNode> read(String text) {
        try {
            return text.isBlank() ? Optional.empty() : Optional.of(JSON.readTree(text));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** A problem's own message, where the response is one, and what would help. */
    private CannotRun refused(String path, int status, String body) {
        var words = read(body)
                .map(problem ->
                        problem.path("detail").asString(problem.path("title").asString("")))
                .filter(text -> !text.isBlank())
                .orElse("no reason given");
        return new CannotRun("%s responded with %d: %s%s".formatted(base, status, words, help(path, status)));
    }

    private String help(String path, int status) {
        if (status == 401) {
            return token.isEmpty()
                    ? "; none is known here: give --operator-token-file"
                    : "; the one given is another: name the right one's file with --operator-token-file";
        }
        if (status == 403) {
            return "; 'growalert operators list' shows the roles";
        }
        // exists wherever billing runs, whatever its records are
        return status == 404 && path.startsWith("/api/billing/") && !isOfRecord(path)
                ? "; does billing run there?"
                : "";
    }

    private static boolean isOfRecord(String path) {
        return path.startsWith("/api/billing/customers/") || path.startsWith("/api/billing/orders/");
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
