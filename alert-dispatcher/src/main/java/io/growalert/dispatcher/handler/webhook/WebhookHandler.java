package io.growalert.dispatcher.handler.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.handler.Answered;
import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import io.growalert.dispatcher.handler.SecretTexts;
import io.growalert.dispatcher.template.NoContentAnswer;
import io.growalert.dispatcher.template.RetryAfter;
import io.growalert.dispatcher.template.StatusRule;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Posts the alert event's JSON; {@link #outcome} maps the response's status. */
final class WebhookHandler implements Handler {
    /** The limit of bytes read from a response; the connection of a longer one is closed. */
    private static final int MAX_RESPONSE = 16 * 1024;

    /** The step of the escalation. */
    private static final String ESCALATION = "growalert-escalation";

    /** The link that acknowledges the incident. */
    private static final String ACK_LINK = "growalert-ack-link";

    private final WebhookConfig config;
    private final HttpClient client;
    private final InstantSource clock;
    private final SecretTexts secrets;

    WebhookHandler(WebhookConfig config, HttpClient client, InstantSource clock) {
        this.config = config;
        this.client = client;
        this.clock = clock;
        var inRequest = Stream.concat(SecretTexts.inHeaders(config.headers()), SecretTexts.inUrl(config.url()));
        this.secrets = new SecretTexts(inRequest.toList());
    }

    @Override
    public Outcome deliver(Notification notification) throws InterruptedException {
        return attempt(notification).outcome();
    }

    @Override
    public Answered attempt(Notification notification) throws InterruptedException {
        try {
            var response = client.send(request(notification), BodyHandlers.ofInputStream());
            var answer = secrets.hide(drained(response.body()));
            return new Answered(outcome(response), response.statusCode(), answer);
        } catch (IOException e) {
            if (NoContentAnswer.is(e)) {
                return new Answered(
                        new Outcome.Delivered("HTTP " + NoContentAnswer.STATUS), NoContentAnswer.STATUS, "");
            }
            var message = e.getMessage() == null ? "" : ": " + e.getMessage();
            return Answered.none(new Outcome.Retry(e.getClass().getSimpleName() + message));
        }
    }

    /** Longer than the request's timeout, which does not cover reading the body. */
    @Override
    public Duration timeout() {
        return config.timeout().plusSeconds(1);
    }

    @Override
    public String preview(Notification notification) {
        return "POST %s://%s\n\n%s"
                .formatted(config.url().getScheme(), config.url().getAuthority(), notification.body());
    }

    private HttpRequest request(Notification notification) {
        long timestamp = clock.instant().getEpochSecond();
        var request = HttpRequest.newBuilder(config.url())
                .timeout(config.timeout())
                .header("Content-Type", "application/json")
                .header("webhook-id", notification.id())
                .header("webhook-timestamp", Long.toString(timestamp))
                .POST(BodyPublishers.ofString(notification.body()));
        if (!config.headers().keySet().stream().anyMatch("User-Agent"::equalsIgnoreCase)) {
            request.header("User-Agent", "GrowAlert");
        }
        occasion(notification).forEach((name, value) -> {
            if (!config.headers().keySet().stream().anyMatch(name::equalsIgnoreCase)) {
                request.header(name, value);
            }
        });
        config.headers().forEach(request::header);
        config.key()
                .ifPresent(key -> request.header(
                        "webhook-signature", key.sign(notification.id(), timestamp, notification.body())));
        return request.build();
    }

    /** The body is the event, unchanged. */
    private static Map<String, String> occasion(Notification notification) {
        var headers = new LinkedHashMap<String, String>();
        if (notification.occasion().isEscalation()) {
            headers.put(ESCALATION, Integer.toString(notification.occasion().step()));
        }
        notification.ackLink().ifPresent(link -> headers.put(ACK_LINK, link));
        return headers;
    }

    /** Reads the response to its end, so that its connection can be reused. */
    private static String drained(InputStream body) {
        try (body) {
            return new String(body.readNBytes(MAX_RESPONSE), UTF_8);
        } catch (IOException e) {
            // the status has arrived, which decides the outcome
            return "";
        }
    }

    private Outcome outcome(HttpResponse<?> response) {
        int status = response.statusCode();
        var detail = "HTTP " + status;
        if (StatusRule.isSuccess(status)) {
            return new Outcome.Delivered(detail);
        }
        var after =
                response.headers().firstValue("Retry-After").flatMap(text -> RetryAfter.parse(text, clock.instant()));
        return StatusRule.failure(status, detail, after);
    }
}
