package io.growalert.dispatcher.handler.alertmanager;

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
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code alertmanager: {url or url-file, token or token-file}}: the payload of Alertmanager's webhook in version 4. The alert's name is
 * the monitor; each alert is a group of its own.
 */
public final class AlertmanagerType implements HandlerType {
    private static final String BODY = RequestTemplate.resource(AlertmanagerType.class, "payload.json.mustache");
    private static final int MAX_TEXT = 1_000;

    @Override
    public String key() {
        return "alertmanager";
    }

    @Override
    public Optional<HandlerConfig> read(Section section, MailServer mail) {
        var url = HttpUrl.secret(section, "url");
        if (!section.has("url-file")) {
            section.required("url", url);
        }
        var token = section.secret("token");
        return url.map(target -> {
            var secrets = new HashMap<String, Secret>();
            secrets.put("url", target);
            var headers = new HashMap<String, String>();
            token.ifPresent(secret -> {
                secrets.put("token", secret);
                headers.put("Authorization", "Bearer {{token}}");
            });
            var request = RequestTemplate.json("{{{url}}}", headers, BODY, Escaping.JSON);
            return TemplatedConfig.preset(key(), request, Map.of(), secrets, AnswerRule.BY_STATUS, MAX_TEXT);
        });
    }
}
