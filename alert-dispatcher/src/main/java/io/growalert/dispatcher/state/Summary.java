package io.growalert.dispatcher.state;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Threshold;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A monitor's summary: its Mustache template over the series' labels, {@code value}, {@code monitor}, {@code status} and
 * {@code reason}; what is missing is empty. Where there is no template, or no value that it could speak of, the summary
 * names monitor, series and reason.
 */
final class Summary {
    private static final Mustache.Compiler MUSTACHE =
            Mustache.compiler().escapeHTML(false).defaultValue("");

    private final @Nullable Template template;

    private Summary(@Nullable Template template) {
        this.template = template;
    }

    /**
     * @throws MustacheException when the template is none
     */
    static Summary of(MonitorDefinition definition) {
        var text = definition.summary();
        return new Summary(text == null || text.isBlank() ? null : MUSTACHE.compile(text));
    }

    String render(String monitor, Map<String, String> series, Transition transition) {
        var value = transition.value();
        if (template == null || value == null) {
            return plain(monitor, series, transition);
        }
        var variables = new HashMap<String, Object>();
        variables.put("monitor", monitor);
        variables.put("status", transition.status().name());
        variables.put("reason", transition.reason());
        variables.putAll(series);
        variables.put("value", Threshold.plain(value));
        try {
            return template.execute(variables);
        } catch (MustacheException | UnsupportedOperationException e) {
            // a template that compiles and cannot be rendered must not hold back the alert
            return plain(monitor, series, transition);
        }
    }

    private static String plain(String monitor, Map<String, String> series, Transition transition) {
        var whom = series.isEmpty() ? monitor : monitor + " " + String.join(" ", new TreeMap<>(series).values());
        return whom + ": " + transition.reason();
    }
}
