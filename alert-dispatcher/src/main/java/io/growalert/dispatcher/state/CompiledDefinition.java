package io.growalert.dispatcher.state;

import com.samskivert.mustache.MustacheException;
import io.growalert.events.AlertEvent;
import io.growalert.events.AlertPolicy;
import io.growalert.events.Ids;
import io.growalert.events.Json;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.UnreadableValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** A definition with its summary compiled: all that is needed to judge a monitor's results and to tell about them. */
record CompiledDefinition(MonitorDefinition definition, Summary summary) {
    private static final Duration LEAST_LEAD = Duration.ofSeconds(60);

    /**
     * @throws UnreadableValue when it is no definition
     * @throws MustacheException when its summary is no template
     */
    static CompiledDefinition read(byte[] json) {
        var definition = Json.read(json, MonitorDefinition.class);
        return new CompiledDefinition(definition, Summary.of(definition));
    }

    String monitor() {
        return definition.id();
    }

    AlertPolicy policy() {
        return definition.alert();
    }

    /** How long a monitor may send nothing. */
    Duration patience() {
        return definition.every().multipliedBy(3).plus(definition.timeout());
    }

    /** Whether a slot is further ahead of the broker's clock than any honest clock could be. */
    boolean isAhead(Instant slot, Instant appended) {
        var every = definition.every();
        var lead = every.compareTo(LEAST_LEAD) > 0 ? every : LEAST_LEAD;
        return Duration.between(appended, slot).compareTo(lead) > 0;
    }

    AlertEvent event(String alert, Map<String, String> series, Transition transition) {
        var incident = Ids.incident(alert, transition.since());
        return new AlertEvent(
                Ids.event(incident, transition.type(), transition.slot()),
                transition.type(),
                alert,
                incident,
                monitor(),
                series,
                definition.labels(),
                transition.status(),
                transition.value(),
                transition.reason(),
                summary.render(monitor(), series, transition),
                transition.slot(),
                transition.since(),
                policy().receivers());
    }
}
