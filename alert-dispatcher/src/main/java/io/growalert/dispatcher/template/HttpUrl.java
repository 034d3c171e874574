package io.growalert.dispatcher.template;

import io.growalert.definitions.Secret;
import io.growalert.definitions.Section;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** URLs of the settings of receivers. */
public final class HttpUrl {
    private HttpUrl() {}

    public static boolean isValid(String text) {
        try {
            var url = new URI(text);
            var scheme = url.getScheme();
            return ("http".equals(scheme) || "https".equals(scheme)) && url.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** The base of a service's URLs, without a slash at its end; empty, and a problem, when it is no URL. */
    public static Optional<String> base(Section section, String key, String absent) {
        var text = section.text(key).orElse(absent);
        if (isValid(text)) {
            return Optional.of(text.replaceFirst("/+$", ""));
        }
        section.problem(key, "expected a URL such as " + absent);
        return Optional.empty();
    }

    /** A URL that is secret, from the key or from the file that the key with {@code -file} names. */
    public static Optional<Secret> secret(Section section, String key) {
        var secret = section.secret(key);
        if (secret.isPresent() && !isValid(secret.get().value())) {
            section.problem(
                    section.has(key + "-file") ? key + "-file" : key,
                    "expected a URL such as https://example.com/hook");
            return Optional.empty();
        }
        return secret;
    }
}
