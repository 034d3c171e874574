package io.growalert.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.stripe.model.StripeObject;
import io.growalert.sandbox.http.ApiRoutes;
import io.growalert.sandbox.http.JsonNodes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Sends raw requests to a sandbox, and checks every response against the shapes. */
final class AnswerRecorder implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final Shapes shapes = new Shapes();
    private final Set<String> problems = new LinkedHashSet<>();
    private final Set<String> requested = new TreeSet<>();
    private final URI base;

    AnswerRecorder(URI base) {
        this.base = base;
    }

    /** What was wrong with the responses until now. */
    Collection<String> problems() {
        return problems;
    }

    /** Whether the method and path of a route have been requested. */
    boolean requested(ApiRoutes.Route route) {
        var pattern = String.join("/", route.segments()).replaceAll("\\{[a-z_]+}", "[^/]+");
        return requested.stream().anyMatch(each -> each.matches(route.method() + " " + pattern));
    }

    JsonNode get(String path, String... params) {
        var query = form(params);
        return call("GET", query.isEmpty() ? path : path + "?" + query, "", StripeSandbox.SECRET_KEY);
    }

    JsonNode post(String path, String... params) {
        return call("POST", path, form(params), StripeSandbox.SECRET_KEY);
    }

    JsonNode delete(String path) {
        return call("DELETE", path, "", StripeSandbox.SECRET_KEY);
    }

    /** As a browser. */
    JsonNode publicly(String method, String path, String... params) {
        var form = form(params);
        return method.equals("GET")
                ? call(method, path + "?" + form, "", StripeSandbox.PUBLISHABLE_KEY)
                : call(method, path, form, StripeSandbox.PUBLISHABLE_KEY);
    }

    void check(String answer) {
        problems.addAll(shapes.problems(JsonNodes.MAPPER.readTree(answer), false));
    }

    /** The same, of a response that Stripe's SDK got. */
    <T extends StripeObject> T checked(T answer) {
        check(answer.getLastResponse().body());
        return answer;
    }

    @Override
    public void close() {
        client.close();
    }

    private JsonNode call(String method, String path, String body, String key) {
        var request = HttpRequest.newBuilder(base.resolve(path))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .method(method, BodyPublishers.ofString(body))
                .build();
        try {
            var answer = JsonNodes.MAPPER.readTree(
                    client.send(request, BodyHandlers.ofString()).body());
            var uri = request.uri();
            requested.add(method + " " + uri.getPath());
            boolean partial = key.equals(StripeSandbox.PUBLISHABLE_KEY);
            if (uri.getPath().startsWith("/v1/")) {
                problems.addAll(shapes.problems(answer, partial));
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String form(String... params) {
        var form = new StringBuilder();
        for (int i = 0; i < params.length; i += 2) {
            form.append(i == 0 ? "" : "&")
                    .append(URLEncoder.encode(params[i], UTF_8))
                    .append('=')
                    .append(URLEncoder.encode(params[i + 1], UTF_8));
        }
        return form.toString();
    }
}
