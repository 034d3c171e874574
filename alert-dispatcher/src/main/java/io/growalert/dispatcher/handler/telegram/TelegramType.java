package io.growalert.dispatcher.handler.telegram;

import io.growalert.definitions.Section;
import io.growalert.dispatcher.handler.HandlerConfig;
import io.growalert.dispatcher.handler.HandlerType;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.template.Escaping;
import io.growalert.dispatcher.template.HttpUrl;
import io.growalert.dispatcher.template.RequestTemplate;
import io.growalert.dispatcher.template.TemplatedConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** {@code telegram: {token or token-file, chat, topic, url}}: a bot's message; later ones of an incident reply to its first. */
public final class TelegramType implements HandlerType {
    private static final String BODY = RequestTemplate.resource(TelegramType.class, "message.json.mustache");
    /** A message has at most 4,096 characters. */
    private static final int MAX_TEXT = 3_800;

    @Override
    public String key() {
        return "telegram";
    }

    @Override
    public Optional<HandlerConfig> read(Section section, MailServer mail) {
        var token = section.secret("token");
        if (!section.has("token-file")) {
            section.required("token", token);
        }
        var chat = section.requiredText("chat");
        var url = HttpUrl.base(section, "url", "https://api.telegram.org");
        var topic = section.integer("topic", 1, Integer.MAX_VALUE);
        if (token.isEmpty() || chat.isEmpty() || url.isEmpty()) {
            return Optional.empty();
        }
        var settings = new HashMap<>(Map.of("chat", chat.get(), "url", url.get()));
        topic.ifPresent(id -> settings.put("topic", Integer.toString(id)));
        var request =
                RequestTemplate.json("{{{settings.url}}}/bot{{{token}}}/sendMessage", Map.of(), BODY, Escaping.JSON);
        return Optional.of(TemplatedConfig.preset(
                key(), request, settings, Map.of("token", token.get()), TelegramAnswers.INSTANCE, MAX_TEXT));
    }
}
