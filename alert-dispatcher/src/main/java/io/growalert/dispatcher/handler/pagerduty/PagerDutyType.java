package io.growalert.dispatcher.handler.pagerduty;

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

/**
 * {@code pagerduty: {routingKey or routingKey-file, severity, url}}: an incident here is one there, by the deduplication key, and its
 * resolution resolves it.
 */
public final class PagerDutyType implements HandlerType {
    private static final String BODY = RequestTemplate.resource(PagerDutyType.class, "event.json.mustache");
    private static final Map<String, String> SEVERITY =
            Map.of("critical", "critical", "error", "error", "warning", "warning", "info", "info");
    private static final int MAX_TEXT = 1_000;

    @Override
    public String key() {
        return "pagerduty";
    }

    @Override
    public Optional<HandlerConfig> read(Section section, MailServer mail) {
        var routingKey = section.secret("routingKey");
        if (!section.has("routingKey-file")) {
            section.required("routingKey", routingKey);
        }
        var url = HttpUrl.base(section, "url", "https://events.pagerduty.com");
        var severity = section.choice("severity", SEVERITY);
        if (routingKey.isEmpty() || url.isEmpty()) {
            return Optional.empty();
        }
        var settings = new HashMap<>(Map.of("url", url.get()));
        severity.ifPresent(chosen -> settings.put("severity", chosen));
        var request = RequestTemplate.json("{{{settings.url}}}/v2/enqueue", Map.of(), BODY, Escaping.JSON);
        return Optional.of(TemplatedConfig.preset(
                key(), request, settings, Map.of("routingKey", routingKey.get()), PagerDutyAnswers.INSTANCE, MAX_TEXT));
    }
}
