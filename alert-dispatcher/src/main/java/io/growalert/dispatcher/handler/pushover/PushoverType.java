package io.growalert.dispatcher.handler.pushover;

import io.growalert.definitions.Section;
import io.growalert.dispatcher.handler.HandlerConfig;
import io.growalert.dispatcher.handler.HandlerType;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.template.HttpUrl;
import io.growalert.dispatcher.template.RequestTemplate;
import io.growalert.dispatcher.template.TemplatedConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code pushover: {token or token-file, user or user-file, priority, device, sound, url}}: {@code user} is a user's or group's key.
 * An emergency (priority 2) repeats each minute for an hour, until it is confirmed on the phone.
 */
public final class PushoverType implements HandlerType {
    private static final String BODY = "token={{token}}&user={{user}}&title={{title}}&message={{text}}"
            + "&timestamp={{slotSeconds}}"
            + "&priority={{#resolved}}0{{/resolved}}{{^resolved}}{{settings.priority}}{{settings.repeat}}{{/resolved}}"
            + "{{#hasLink}}&url={{link}}&url_title=Incident{{/hasLink}}"
            + "{{#settings.device}}&device={{settings.device}}{{/settings.device}}"
            + "{{#settings.sound}}&sound={{settings.sound}}{{/settings.sound}}";
    /** A message has at most 1,024 characters. */
    private static final int MAX_TEXT = 1_000;

    private static final int HIGH = 1;
    private static final int EMERGENCY = 2;

    @Override
    public String key() {
        return "pushover";
    }

    @Override
    public Optional<HandlerConfig> read(Section section, MailServer mail) {
        var token = section.secret("token");
        if (!section.has("token-file")) {
            section.required("token", token);
        }
        var user = section.secret("user");
        if (!section.has("user-file")) {
            section.required("user", user);
        }
        var url = HttpUrl.base(section, "url", "https://api.pushover.net");
        int priority = section.integer("priority", -2, EMERGENCY).orElse(HIGH);
        var settings = new HashMap<String, String>();
        settings.put("priority", Integer.toString(priority));
        section.text("device").ifPresent(device -> settings.put("device", device));
        section.text("sound").ifPresent(sound -> settings.put("sound", sound));
        if (token.isEmpty() || user.isEmpty() || url.isEmpty()) {
            return Optional.empty();
        }
        settings.put("url", url.get());
        var body = priority == EMERGENCY
                ? BODY.replace("{{settings.repeat}}", "&retry=60&expire=3600")
                : BODY.replace("{{settings.repeat}}", "");
        var request = RequestTemplate.form("{{{settings.url}}}/1/messages.json", Map.of(), body);
        return Optional.of(TemplatedConfig.preset(
                key(),
                request,
                settings,
                Map.of("token", token.get(), "user", user.get()),
                PushoverAnswers.INSTANCE,
                MAX_TEXT));
    }
}
