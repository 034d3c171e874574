package io.growalert.dispatcher.state;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.growalert.evaluation.alert.Summary;
import io.growalert.evaluation.alert.Transition;
import io.growalert.events.Limits;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.Threshold;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A monitor's summary: its Mustache template over the series' labels, {@code value}, {@code monitor}, {@code status},
 * {@code reason} and {@code unit}; a missing variable is empty. Without a template or a value, or when the text is blank or longer than
 * {@link Limits#SUMMARY_BYTES}, the summary is {@link Summary#PLAIN}.
 */
final class MustacheSummary implements Summary {
    private static final Logger LOG = LoggerFactory.getLogger(MustacheSummary.class);
    private static final Mustache.Compiler MUSTACHE =
            Mustache.compiler().escapeHTML(false).defaultValue("");

    private final Template template;
    private final @Nullable String unit;

    private MustacheSummary(Template template, @Nullable String unit) {
        this.template = template;
        this.unit = unit;
    }

    /** A template that does not compile counts as absent, so that it does not disable its monitor. */
    static Summary of(MonitorDefinition definition) {
        var text = definition.summary();
        if (text == null || text.isBlank()) {
            return Summary.PLAIN;
        }
        try {
            return new MustacheSummary(MUSTACHE.compile(text), definition.unit());
        } catch (RuntimeException | StackOverflowError e) {
            // the library also throws unchecked exceptions of the JDK, such as an index out of bounds for {{}}
            LOG.atError()
                    .addKeyValue("monitorId", definition.id())
                    .addKeyValue("reason", e.toString())
                    .log("Summary template invalid; using the default text");
            return Summary.PLAIN;
        }
    }

    @Override
    public String render(String monitor, Map<String, String> series, Transition transition) {
        var value = transition.value();
        if (value == null) {
            return PLAIN.render(monitor, series, transition);
        }
        var variables = new HashMap<String, Object>();
        variables.put("monitor", monitor);
        variables.put("status", transition.status().name());
        variables.put("reason", transition.reason());
        variables.put("unit", unit == null ? "" : unit);
        variables.putAll(series);
        variables.put("value", Threshold.plain(value));
        try {
            var text = template.execute(variables);
            return text.isBlank() || Limits.bytes(text) > Limits.SUMMARY_BYTES
                    ? PLAIN.render(monitor, series, transition)
                    : text;
        } catch (RuntimeException | StackOverflowError e) {
            // a template that fails to render must not block the alert
            return PLAIN.render(monitor, series, transition);
        }
    }
}
