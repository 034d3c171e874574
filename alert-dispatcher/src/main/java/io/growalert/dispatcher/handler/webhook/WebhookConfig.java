package io.growalert.dispatcher.handler.webhook;

import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.handler.HandlerConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;

/**
 * @param key absent: requests are not signed
 * @param headers additional request headers; their values may be secret
 * @param acceptsGroups whether messages of groups are sent; otherwise each event is
 */
record WebhookConfig(
        URI url, Optional<SigningKey> key, Map<String, String> headers, Duration timeout, boolean acceptsGroups)
        implements HandlerConfig {
    WebhookConfig {
        headers = Map.copyOf(headers);
    }

    @Override
    public Handler open() {
        return new WebhookHandler(this, Client.SHARED, Clock.systemUTC());
    }

    @Override
    public String toString() {
        return "WebhookConfig[" + url.getHost() + "]";
    }

    /** Shared by all webhooks, created when the first is opened; it reuses connections. */
    private static final class Client {
        static final HttpClient SHARED = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(10))
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }
}
