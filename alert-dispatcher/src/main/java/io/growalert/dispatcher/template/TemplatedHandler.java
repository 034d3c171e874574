package io.growalert.dispatcher.template;

import io.growalert.definitions.Secret;
import io.growalert.dispatcher.handler.Answered;
import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.handler.SecretTexts;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Sends a templated request; an {@link AnswerRule} says what the answer means. */
final class TemplatedHandler implements Handler {
    private static final String HIDDEN = "***";

    private final TemplatedConfig config;
    private final CompiledRequest template;
    private final HttpClient client;
    private final InstantSource clock;
    private final SecretTexts secrets;

    TemplatedHandler(TemplatedConfig config, HttpClient client, InstantSource clock) {
        this.config = config;
        this.template = new CompiledRequest(config.request());
        this.client = client;
        this.clock = clock;
        this.secrets = new SecretTexts(values(config).toList());
    }

    private static Stream<String> values(TemplatedConfig config) {
        return config.secrets().values().stream().map(Secret::value);
    }

    @Override
    public Outcome deliver(Notification notification) throws InterruptedException {
        return attempt(notification).outcome();
    }

    @Override
    public Answered attempt(Notification notification) throws InterruptedException {
        HttpRequest request;
        try {
            request = request(template.render(variables(notification, false)));
        } catch (RuntimeException | StackOverflowError e) {
            // the message may have a part of the request
            return Answered.none(new Outcome.Rejected(
                    "rendering the request failed: " + e.getClass().getSimpleName()));
        }
        try {
            var answer = answer(request);
            var shown = secretsOf(request).hide(answer.text());
            return new Answered(shown(config.answers().outcome(answer)), answer.status(), shown);
        } catch (IOException e) {
            var message = e.getMessage() == null ? "" : ": " + e.getMessage();
            return Answered.none(new Outcome.Retry(hide(e.getClass().getSimpleName() + message)));
        }
    }

    /** The secrets, and rendered headers that contain one, such as Basic authentication. */
    private SecretTexts secretsOf(HttpRequest request) {
        var headers = new HashMap<String, String>();
        request.headers().map().forEach((name, values) -> {
            if (SecretTexts.isSecretHeader(name)) {
                headers.put(name, String.join(", ", values));
            }
        });
        return new SecretTexts(
                Stream.concat(values(config), SecretTexts.inHeaders(headers)).toList());
    }

    /** Longer than the request's timeout, which does not cover reading the body. */
    @Override
    public Duration timeout() {
        return config.timeout().plusSeconds(1);
    }

    @Override
    public String preview(Notification notification) {
        var request = template.render(variables(notification, true));
        var text = new StringBuilder("%s %s\n".formatted(request.method(), request.url()));
        request.headers().forEach((name, value) -> text.append(name)
                .append(": ")
                .append(SecretTexts.isSecretHeader(name) ? HIDDEN : value)
                .append('\n'));
        return hide(text.append('\n').append(request.body()).toString());
    }

    private Map<String, Object> variables(Notification notification, boolean isHidden) {
        var variables = new HashMap<String, Object>(MessageVariables.of(notification, config.maxText()));
        variables.put("settings", config.settings());
        config.secrets().forEach((name, secret) -> variables.put(name, isHidden ? HIDDEN : secret.value()));
        return variables;
    }

    private HttpRequest request(RenderedRequest rendered) {
        var request = HttpRequest.newBuilder(URI.create(rendered.url())).timeout(config.timeout());
        var names = rendered.headers().keySet().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .toList();
        if (!names.contains("user-agent")) {
            request.header("User-Agent", "GrowAlert");
        }
        rendered.headers().forEach((name, value) -> {
            if (!value.isEmpty()) {
                request.header(name, value);
            }
        });
        var body = rendered.body().isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(rendered.body());
        return request.method(rendered.method(), body).build();
    }

    private Answer answer(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<InputStream> response;
        try {
            response = client.send(request, BodyHandlers.ofInputStream());
        } catch (IOException e) {
            if (NoContentAnswer.is(e)) {
                return Answer.of(NoContentAnswer.STATUS, Optional.empty(), new byte[0], true);
            }
            throw e;
        }
        var after =
                response.headers().firstValue("Retry-After").flatMap(text -> RetryAfter.parse(text, clock.instant()));
        var bytes = new byte[Answer.LIMIT + 1];
        int length = 0;
        boolean isComplete = true;
        try (InputStream body = response.body()) {
            length = body.readNBytes(bytes, 0, bytes.length);
        } catch (IOException e) {
            // the status has arrived; a rule that needs the body sees that it is incomplete
            isComplete = false;
        }
        isComplete &= length <= Answer.LIMIT;
        return Answer.of(
                response.statusCode(), after, Arrays.copyOf(bytes, Math.min(length, Answer.LIMIT)), isComplete);
    }

    private Outcome shown(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Delivered(var detail, var captured) -> new Outcome.Delivered(hide(detail), captured);
            case Outcome.Retry(var reason, var after, var settled) -> new Outcome.Retry(hide(reason), after, settled);
            case Outcome.Refused(var reason, var after) -> new Outcome.Refused(hide(reason), after);
            case Outcome.Rejected(var reason) -> new Outcome.Rejected(hide(reason));
        };
    }

    /** A server may repeat a secret in its answer. */
    private String hide(String text) {
        return secrets.hide(text);
    }
}
