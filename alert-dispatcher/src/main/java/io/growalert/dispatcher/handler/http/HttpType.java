package io.growalert.dispatcher.handler.http;

import io.growalert.definitions.Secret;
import io.growalert.definitions.Section;
import io.growalert.dispatcher.handler.HandlerConfig;
import io.growalert.dispatcher.handler.HandlerType;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.template.Escaping;
import io.growalert.dispatcher.template.RequestTemplate;
import io.growalert.dispatcher.template.TemplateCheck;
import io.growalert.dispatcher.template.TemplatedConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code http: {method, url, headers, body, secret or secret-file, success, answer, capture, timeout, redirects}}. */
public final class HttpType implements HandlerType {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_TEXT = 3_000;
    private static final String TYPE = "Content-Type";
    private static final Pattern CAPTURED_NAME = Pattern.compile("[A-Za-z0-9_]{1,64}");
    private static final int MAX_CAPTURED = 16;
    private static final Map<String, String> METHODS =
            Map.of("GET", "GET", "POST", "POST", "PUT", "PUT", "PATCH", "PATCH", "DELETE", "DELETE");

    @Override
    public String key() {
        return "http";
    }

    @Override
    public Optional<HandlerConfig> read(Section section, MailServer mail) {
        var url = section.requiredText("url");
        var method = section.choice("method", METHODS).orElse("POST");
        var body = section.text("body").orElse("");
        var headers = headers(section, !body.isEmpty());
        var secrets = new HashMap<String, Secret>();
        section.secret("secret").ifPresent(secret -> secrets.put("secret", secret));
        var capture = capture(section);
        var answers = new AnswersBySettings(
                StatusSet.read(section, "success"), section.section("answer").flatMap(AnswerTest::read), capture);
        var timeout = section.duration("timeout", Duration.ofMillis(100), Duration.ofMinutes(2))
                .orElse(TIMEOUT);
        var redirects = section.flag("redirects").orElse(false);
        return url.flatMap(target -> {
            var request = new RequestTemplate(method, target, headers, body, escaping(headers));
            var config =
                    new TemplatedConfig(key(), request, Map.of(), secrets, answers, timeout, redirects, MAX_TEXT, true);
            return TemplateCheck.isGood(section, config, capture.keySet())
                    ? Optional.of(TemplateCheck.showsGroups(config) ? config : config.withoutGroups())
                    : Optional.empty();
        });
    }

    private static Map<String, String> headers(Section section, boolean hasBody) {
        var headers = new LinkedHashMap<>(section.labels("headers"));
        if (hasBody && headers.keySet().stream().noneMatch(TYPE::equalsIgnoreCase)) {
            headers.put(TYPE, "application/json");
        }
        return headers;
    }

    private static Escaping escaping(Map<String, String> headers) {
        var type = headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(TYPE))
                .map(header -> header.getValue().toLowerCase(Locale.ROOT))
                .findFirst()
                .orElse("");
        if (type.contains("json")) {
            return Escaping.JSON;
        }
        return type.contains("x-www-form-urlencoded") ? Escaping.URL : Escaping.NONE;
    }

    private static Map<String, String> capture(Section section) {
        var capture = new HashMap<String, String>();
        section.section("capture").ifPresent(names -> {
            for (var name : names.keys()) {
                names.text(name).ifPresent(pointer -> {
                    if (!CAPTURED_NAME.matcher(name).matches()) {
                        names.problem(name, "the name of a captured value must match " + CAPTURED_NAME);
                    } else if (AnswerTest.isPointer(names, name, pointer)) {
                        capture.put(name, pointer);
                    }
                });
            }
            if (capture.size() > MAX_CAPTURED) {
                section.problem("capture", "expected at most %d values".formatted(MAX_CAPTURED));
            }
        });
        return capture;
    }
}
