package io.growalert.dispatcher.handler.twilio;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.definitions.Secret;
import io.growalert.definitions.Section;
import io.growalert.dispatcher.handler.HandlerConfig;
import io.growalert.dispatcher.handler.HandlerType;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.template.HttpUrl;
import io.growalert.dispatcher.template.RequestTemplate;
import io.growalert.dispatcher.template.TemplatedConfig;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code twilio: {account, token or token-file, apiKey, to, from or messagingService, url}}: a text message to one phone. With an
 * {@code apiKey}, the token is the secret of that key.
 */
public final class TwilioType implements HandlerType {
    private static final String URL = "{{{settings.url}}}/2010-04-01/Accounts/{{settings.account}}/Messages.json";
    private static final String BODY = "To={{settings.to}}"
            + "{{#settings.from}}&From={{settings.from}}{{/settings.from}}"
            + "{{#settings.messagingService}}&MessagingServiceSid={{settings.messagingService}}{{/settings.messagingService}}"
            + "&Body={{title}}%0A{{text}}";
    /** A message is split into parts of 67 to 153 characters, each of which is billed. */
    private static final int MAX_TEXT = 300;

    @Override
    public String key() {
        return "twilio";
    }

    @Override
    public Optional<HandlerConfig> read(Section section, MailServer mail) {
        var account = section.requiredText("account");
        var token = section.secret("token");
        if (!section.has("token-file")) {
            section.required("token", token);
        }
        var apiKey = section.text("apiKey");
        var to = section.requiredText("to");
        var from = section.text("from");
        var service = section.text("messagingService");
        var url = HttpUrl.base(section, "url", "https://api.twilio.com");
        if (from.isPresent() == service.isPresent()) {
            section.problem("", "expected exactly one of from, messagingService");
            return Optional.empty();
        }
        if (account.isEmpty() || token.isEmpty() || to.isEmpty() || url.isEmpty()) {
            return Optional.empty();
        }
        var settings = new HashMap<>(Map.of("account", account.get(), "to", to.get(), "url", url.get()));
        from.ifPresent(number -> settings.put("from", number));
        service.ifPresent(id -> settings.put("messagingService", id));
        var login = apiKey.orElse(account.get()) + ":" + token.get().value();
        var basic = new Secret(Base64.getEncoder().encodeToString(login.getBytes(UTF_8)));
        var request = RequestTemplate.form(URL, Map.of("Authorization", "Basic {{basic}}"), BODY);
        return Optional.of(TemplatedConfig.preset(
                key(),
                request,
                settings,
                Map.of("basic", basic, "token", token.get()),
                TwilioAnswers.INSTANCE,
                MAX_TEXT));
    }
}
