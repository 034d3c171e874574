package io.growalert.dispatcher.deadman;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * One call of the external monitoring service. Redirects are not followed, and the answer's body is not read.
 *
 * @param url which is a secret at most services
 */
public record DeadManCall(HttpClient client, URI url, Method method, Duration timeout) {
    /** The methods of a call. */
    public enum Method {
        GET,
        POST
    }

    /** The default client, with the JVM's trusted certificates. */
    public static HttpClient client(Duration timeout) {
        return HttpClient.newBuilder()
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /**
     * The status of the answer.
     *
     * @throws IOException when there was no answer within the timeout
     */
    int send() throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(url)
                .timeout(timeout)
                .header("User-Agent", "GrowAlert")
                .method(method.name(), BodyPublishers.noBody())
                .build();
        var response = client.send(request, BodyHandlers.ofInputStream());
        try (var _ = response.body()) {
            return response.statusCode();
        }
    }

    @Override
    public String toString() {
        return "DeadManCall[method=%s, timeout=%s]".formatted(method, timeout);
    }
}
