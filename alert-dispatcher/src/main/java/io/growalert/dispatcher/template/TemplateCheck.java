package io.growalert.dispatcher.template;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.definitions.Section;
import io.growalert.events.AlertEvent;
import io.growalert.events.Json;
import io.growalert.events.UnreadableValue;
import java.net.http.HttpRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Checks a user's templates by rendering sample events. */
public final class TemplateCheck {
    private static final Pattern LINE = Pattern.compile("line (\\d+)$");

    private TemplateCheck() {}

    /**
     * Reports what is wrong at {@code url}, {@code headers} and {@code body}, and returns whether all is well.
     *
     * @param captured the names of the values that answers give
     */
    public static boolean isGood(Section section, TemplatedConfig config, Set<String> captured) {
        var request = config.request();
        boolean good = compiles(section, "url", request.url(), Escaping.URL);
        good &= compiles(section, "body", request.body(), request.escaping());
        for (var header : request.headers().entrySet()) {
            good &= compiles(placeOf(section, header.getKey()), header.getKey(), header.getValue(), Escaping.HEADER);
        }
        if (!good) {
            return false;
        }
        var later = new HashMap<String, String>();
        captured.forEach(name -> later.put(name, "1"));
        return renders(section, config, AlertEvent.Type.FIRING, Map.of())
                && renders(section, config, AlertEvent.Type.RESOLVED, Map.of())
                && renders(section, config, AlertEvent.Type.RESOLVED, later);
    }

    private static boolean compiles(Section section, String key, String text, Escaping escaping) {
        try {
            CompiledRequest.compile(text, escaping);
            return true;
        } catch (RuntimeException | StackOverflowError e) {
            // the library throws many kinds of exceptions for an invalid template; the message may have parts of a
            // secret
            section.problem(key, "is no Mustache template" + line(e));
            return false;
        }
    }

    /** The section of the headers, for the place of one. */
    private static Section placeOf(Section section, String header) {
        return section.section("headers").filter(headers -> headers.has(header)).orElse(section);
    }

    /** Where the template is wrong; the rest of the message may have parts of a secret. */
    private static String line(Throwable e) {
        var line = LINE.matcher(String.valueOf(e.getMessage()));
        return line.find() ? ", in its line " + line.group(1) : "";
    }

    private static boolean renders(
            Section section, TemplatedConfig config, AlertEvent.Type type, Map<String, String> captured) {
        var variables = new HashMap<String, Object>(
                MessageVariables.of(SampleEvents.notification(type, "ops").with(captured), config.maxText()));
        variables.put("settings", config.settings());
        config.secrets().forEach((name, secret) -> variables.put(name, secret.value()));
        RenderedRequest rendered;
        try {
            rendered = new CompiledRequest(config.request()).render(variables);
        } catch (RuntimeException | StackOverflowError e) {
            section.problem("body", "cannot be rendered for a sample event");
            return false;
        }
        if (!HttpUrl.isValid(rendered.url())) {
            section.problem("url", "expected a URL such as https://example.com/hook, also for a sample event");
            return false;
        }
        var wrong = rendered.headers().entrySet().stream()
                .filter(header -> !areHeaders(Map.ofEntries(header)))
                .map(Map.Entry::getKey)
                .sorted()
                .findFirst();
        if (wrong.isPresent()) {
            placeOf(section, wrong.get()).problem(wrong.get(), "is no valid header, or is set by the HTTP client");
            return false;
        }
        if (config.request().escaping().isJson() && !rendered.body().isBlank() && !isJson(rendered.body())) {
            section.problem("body", "is no JSON for a sample event of type " + type.wire());
            return false;
        }
        return true;
    }

    /** Whether a message of a group is valid, too; a template that was written for events may need a value, for example. */
    public static boolean showsGroups(TemplatedConfig config) {
        var variables = new HashMap<String, Object>(MessageVariables.of(SampleEvents.group("ops"), config.maxText()));
        variables.put("settings", config.settings());
        config.secrets().forEach((name, secret) -> variables.put(name, secret.value()));
        try {
            var rendered = new CompiledRequest(config.request()).render(variables);
            return HttpUrl.isValid(rendered.url())
                    && areHeaders(rendered.headers())
                    && (!config.request().escaping().isJson() || rendered.body().isBlank() || isJson(rendered.body()));
        } catch (RuntimeException | StackOverflowError e) {
            return false;
        }
    }

    private static boolean areHeaders(Map<String, String> headers) {
        try {
            var request = HttpRequest.newBuilder();
            headers.forEach(request::header);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isJson(String body) {
        try {
            Json.read(body.getBytes(UTF_8), JsonNode.class);
            return true;
        } catch (UnreadableValue e) {
            return false;
        }
    }
}
