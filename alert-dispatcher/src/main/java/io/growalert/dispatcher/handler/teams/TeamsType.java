package io.growalert.dispatcher.handler.teams;

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

/** {@code teams: {url or url-file}}: an Adaptive Card to a workflow of the template "Post to a channel when a webhook request is received". */
public final class TeamsType implements HandlerType {
    private static final String BODY = RequestTemplate.resource(TeamsType.class, "card.json.mustache");
    private static final int MAX_TEXT = 3_000;

    @Override
    public String key() {
        return "teams";
    }

    @Override
    public Optional<HandlerConfig> read(Section section, MailServer mail) {
        var url = HttpUrl.secret(section, "url");
        if (!section.has("url-file")) {
            section.required("url", url);
        }
        var request = RequestTemplate.json("{{{url}}}", Map.of(), BODY, Escaping.JSON);
        return url.map(secret -> TemplatedConfig.preset(
                key(), request, Map.of(), Map.of("url", secret), TeamsAnswers.INSTANCE, MAX_TEXT));
    }
}
