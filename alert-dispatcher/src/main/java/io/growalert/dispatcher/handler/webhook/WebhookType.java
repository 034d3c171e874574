package io.growalert.dispatcher.handler.webhook;

import io.growalert.definitions.Section;
import io.growalert.dispatcher.handler.HandlerConfig;
import io.growalert.dispatcher.handler.HandlerType;
import io.growalert.dispatcher.handler.MailServer;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code webhook: {url, secret or secret-file, headers, timeout, groups}}. */
public final class WebhookType implements HandlerType {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Override
    public String key() {
        return "webhook";
    }

    @Override
    public Optional<HandlerConfig> read(Section section, MailServer mail) {
        var url = section.required("url", section.text("url")).flatMap(text -> url(section, text));
        var key = section.secret("secret").flatMap(secret -> {
            var read = SigningKey.read(secret);
            if (read.isEmpty()) {
                section.problem(
                        section.has("secret-file") ? "secret-file" : "secret",
                        "expected a secret of the form whsec_ followed by base64");
            }
            return read;
        });
        var headers = headers(section);
        var timeout = section.duration("timeout", Duration.ofMillis(100), Duration.ofMinutes(2))
                .orElse(TIMEOUT);
        var groups = section.flag("groups").orElse(false);
        return url.map(target -> new WebhookConfig(target, key, headers, timeout, groups));
    }

    private static Optional<URI> url(Section section, String text) {
        try {
            var url = new URI(text);
            var scheme = url.getScheme();
            if (("http".equals(scheme) || "https".equals(scheme)) && url.getHost() != null) {
                return Optional.of(url);
            }
        } catch (URISyntaxException e) {
            // reported below, like every other value that is no such URL
        }
        section.problem("url", "expected a URL such as https://example.com/hook");
        return Optional.empty();
    }

    private static Map<String, String> headers(Section section) {
        var headers = new LinkedHashMap<String, String>();
        section.section("headers").ifPresent(parent -> parent.keys()
                .forEach(name -> parent.text(name).ifPresent(value -> {
                    if (mayBeSet(name, value)) {
                        headers.put(name, value);
                    } else {
                        parent.problem(name, "this header is set by the webhook handler, or is no valid header");
                    }
                })));
        return headers;
    }

    private static boolean mayBeSet(String name, String value) {
        var lower = name.toLowerCase(Locale.ROOT);
        if (lower.startsWith("webhook-") || lower.equals("content-type")) {
            return false;
        }
        try {
            HttpRequest.newBuilder().header(name, value);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
