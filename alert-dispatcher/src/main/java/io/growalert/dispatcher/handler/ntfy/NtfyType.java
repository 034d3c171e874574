package io.growalert.dispatcher.handler.ntfy;

import io.growalert.definitions.Secret;
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

/** {@code ntfy: {topic or topic-file, token or token-file, url, priority}}: on ntfy.sh the topic's name is its password. */
public final class NtfyType implements HandlerType {
    private static final String BODY = RequestTemplate.resource(NtfyType.class, "message.json.mustache");
    /** A longer message than 4,096 bytes becomes an attachment. */
    private static final int MAX_TEXT = 1_000;

    private static final int HIGH = 4;

    @Override
    public String key() {
        return "ntfy";
    }

    @Override
    public Optional<HandlerConfig> read(Section section, MailServer mail) {
        var topic = section.secret("topic");
        if (!section.has("topic-file")) {
            section.required("topic", topic);
        }
        var token = section.secret("token");
        var url = HttpUrl.base(section, "url", "https://ntfy.sh");
        var priority = section.integer("priority", 1, 5).orElse(HIGH);
        if (topic.isEmpty() || url.isEmpty()) {
            return Optional.empty();
        }
        var secrets = new HashMap<String, Secret>();
        secrets.put("topic", topic.get());
        var headers = new HashMap<String, String>();
        token.ifPresent(secret -> {
            secrets.put("token", secret);
            headers.put("Authorization", "Bearer {{token}}");
        });
        var request = RequestTemplate.json("{{{settings.url}}}", headers, BODY, Escaping.JSON);
        var settings = Map.of("url", url.get(), "priority", Integer.toString(priority));
        return Optional.of(TemplatedConfig.preset(key(), request, settings, secrets, NtfyAnswers.INSTANCE, MAX_TEXT));
    }
}
