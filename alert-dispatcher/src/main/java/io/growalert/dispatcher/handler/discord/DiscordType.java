package io.growalert.dispatcher.handler.discord;

import io.growalert.definitions.Section;
import io.growalert.dispatcher.handler.HandlerConfig;
import io.growalert.dispatcher.handler.HandlerType;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.template.Escaping;
import io.growalert.dispatcher.template.HttpUrl;
import io.growalert.dispatcher.template.RequestTemplate;
import io.growalert.dispatcher.template.TemplatedConfig;
import java.util.Map;
import java.util.Optional;

/** {@code discord: {url or url-file}}: the URL of a channel's webhook, also with {@code thread_id}. */
public final class DiscordType implements HandlerType {
    private static final String BODY = RequestTemplate.resource(DiscordType.class, "message.json.mustache");
    /** An embed's description has at most 4,096 characters. */
    private static final int MAX_TEXT = 4_000;

    @Override
    public String key() {
        return "discord";
    }

    @Override
    public Optional<HandlerConfig> read(Section section, MailServer mail) {
        var url = HttpUrl.secret(section, "url");
        if (!section.has("url-file")) {
            section.required("url", url);
        }
        return url.map(secret -> {
            // with it, Discord answers when the message is stored
            var wait = secret.value().contains("?") ? "&wait=true" : "?wait=true";
            var request = RequestTemplate.json("{{{url}}}" + wait, Map.of(), BODY, Escaping.JSON);
            return TemplatedConfig.preset(
                    key(), request, Map.of(), Map.of("url", secret), DiscordAnswers.INSTANCE, MAX_TEXT);
        });
    }
}
