package io.growalert.dispatcher.handler.slack;

import io.growalert.definitions.Secret;
import io.growalert.definitions.Section;
import io.growalert.dispatcher.handler.HandlerConfig;
import io.growalert.dispatcher.handler.HandlerType;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.template.AnswerRule;
import io.growalert.dispatcher.template.Escaping;
import io.growalert.dispatcher.template.HttpUrl;
import io.growalert.dispatcher.template.RequestTemplate;
import io.growalert.dispatcher.template.TemplatedConfig;
import java.util.Map;
import java.util.Optional;

/**
 * {@code slack: {token or token-file, channel, url}} posts by the Web API, and updates the message when the incident is resolved;
 * {@code slack: {webhook or webhook-file}} posts by an incoming webhook, which cannot update.
 */
public final class SlackType implements HandlerType {
    private static final String BODY = RequestTemplate.resource(SlackType.class, "message.json.mustache");
    private static final String METHOD = "{{{settings.url}}}/{{#resolved}}{{#captured.ts}}chat.update{{/captured.ts}}"
            + "{{^captured.ts}}chat.postMessage{{/captured.ts}}{{/resolved}}{{^resolved}}chat.postMessage{{/resolved}}";
    private static final int MAX_TEXT = 3_000;

    @Override
    public String key() {
        return "slack";
    }

    @Override
    public Optional<HandlerConfig> read(Section section, MailServer mail) {
        var webhook = HttpUrl.secret(section, "webhook");
        var token = section.secret("token");
        var channel = section.text("channel");
        var url = HttpUrl.base(section, "url", "https://slack.com/api");
        boolean hasWebhook = section.has("webhook") || section.has("webhook-file");
        boolean hasToken = section.has("token") || section.has("token-file");
        if (hasWebhook == (hasToken || channel.isPresent())) {
            section.problem("", "expected either token and channel, or webhook");
            return Optional.empty();
        }
        if (hasWebhook) {
            return webhook.map(secret ->
                    config("{{{webhook}}}", Map.of(), Map.of(), Map.of("webhook", secret), SlackAnswers.WEBHOOK));
        }
        require(section, "token", hasToken);
        require(section, "channel", channel.isPresent());
        if (token.isEmpty() || channel.isEmpty() || url.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(config(
                METHOD,
                Map.of("Authorization", "Bearer {{token}}"),
                Map.of("channel", channel.get(), "url", url.get()),
                Map.of("token", token.get()),
                SlackAnswers.API));
    }

    private static void require(Section section, String key, boolean isThere) {
        if (!isThere) {
            section.problem(key, "is missing; it is required");
        }
    }

    private static HandlerConfig config(
            String url,
            Map<String, String> headers,
            Map<String, String> settings,
            Map<String, Secret> secrets,
            AnswerRule answers) {
        var request = RequestTemplate.json(url, headers, BODY, Escaping.JSON_ENTITIES);
        return TemplatedConfig.preset("slack", request, settings, secrets, answers, MAX_TEXT);
    }
}
