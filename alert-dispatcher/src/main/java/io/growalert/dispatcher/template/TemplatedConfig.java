package io.growalert.dispatcher.template;

import io.growalert.definitions.Secret;
import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.handler.HandlerConfig;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * A receiver that is notified by a templated request.
 *
 * @param kind the key that selects this kind of receiver
 * @param settings variables under {@code settings}
 * @param secrets further variables; they are not shown
 * @param timeout of a request until the answer's headers
 * @param followsRedirects whether redirects of the answer are followed, except from https to http
 * @param maxText the limit of the variable {@code text}, in characters
 * @param acceptsGroups whether the templates can show a group's message; otherwise each event is sent
 */
public record TemplatedConfig(
        String kind,
        RequestTemplate request,
        Map<String, String> settings,
        Map<String, Secret> secrets,
        AnswerRule answers,
        Duration timeout,
        boolean followsRedirects,
        int maxText,
        boolean acceptsGroups)
        implements HandlerConfig {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    public TemplatedConfig {
        settings = Map.copyOf(settings);
        secrets = Map.copyOf(secrets);
    }

    /** One of a known service: within 10 s, without redirects. */
    public static TemplatedConfig preset(
            String kind,
            RequestTemplate request,
            Map<String, String> settings,
            Map<String, Secret> secrets,
            AnswerRule answers,
            int maxText) {
        return new TemplatedConfig(kind, request, settings, secrets, answers, TIMEOUT, false, maxText, true);
    }

    /** It gets each event instead of messages of groups. */
    public TemplatedConfig withoutGroups() {
        return new TemplatedConfig(
                kind, request, settings, secrets, answers, timeout, followsRedirects, maxText, false);
    }

    @Override
    public Handler open() {
        return new TemplatedHandler(this, followsRedirects ? Following.CLIENT : Direct.CLIENT, Clock.systemUTC());
    }

    @Override
    public String toString() {
        return "TemplatedConfig[" + kind + "]";
    }

    /** Shared by all receivers, created when the first is opened; it reuses connections. */
    private static final class Direct {
        static final HttpClient CLIENT = client(HttpClient.Redirect.NEVER);
    }

    private static final class Following {
        static final HttpClient CLIENT = client(HttpClient.Redirect.NORMAL);
    }

    private static HttpClient client(HttpClient.Redirect redirects) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(redirects)
                .connectTimeout(Duration.ofSeconds(10))
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }
}
