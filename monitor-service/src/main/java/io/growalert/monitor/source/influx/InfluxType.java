package io.growalert.monitor.source.influx;

import io.growalert.definitions.Section;
import io.growalert.monitor.source.SourceConfig;
import io.growalert.monitor.source.SourceType;
import java.util.Optional;
import okhttp3.HttpUrl;

/**
 * The key {@code influx}: {@code url}; {@code token} or {@code token-file}, or {@code username} with {@code password} or
 * {@code password-file}; {@code database} and optionally {@code retentionPolicy} for InfluxQL; {@code org} for Flux.
 */
public final class InfluxType implements SourceType {
    @Override
    public String key() {
        return "influx";
    }

    @Override
    public Optional<? extends SourceConfig> read(Section settings) {
        var url = settings.requiredText("url").flatMap(text -> url(settings, text));
        var token = settings.secret("token").filter(secret -> !secret.value().isEmpty());
        if (token.isPresent() && !token.get().value().chars().allMatch(c -> c > ' ' && c <= '~')) {
            settings.problem(
                    settings.has("token") ? "token" : "token-file",
                    "is no token: it has spaces or other characters that none has");
        }
        var username = settings.text("username").filter(text -> !text.isEmpty());
        var password = settings.secret("password");
        if (token.isPresent() && username.isPresent()) {
            settings.problem("username", "give either token or username and password, not both");
        }
        var database = settings.text("database");
        var retentionPolicy = settings.text("retentionPolicy");
        var org = settings.text("org");
        settings.finish();
        return url.map(found -> new InfluxConfig(
                found,
                token.orElse(null),
                username.orElse(null),
                password.orElse(null),
                database.orElse(null),
                retentionPolicy.orElse(null),
                org.orElse(null)));
    }

    private static Optional<String> url(Section settings, String text) {
        var url = HttpUrl.parse(text);
        if (url == null || url.query() != null) {
            settings.problem("url", "expected http://HOST:PORT or https://HOST:PORT");
            return Optional.empty();
        }
        if (!url.username().isEmpty() || !url.password().isEmpty()) {
            settings.problem("url", "give the credentials as username and password or password-file, not here");
            return Optional.empty();
        }
        return Optional.of(url.toString());
    }
}
