package io.growalert.evaluation.alert;

import io.growalert.events.AlertEvent;
import io.growalert.events.AlertPolicy;
import io.growalert.events.Ids;
import io.growalert.events.MonitorDefinition;
import io.growalert.events.StorableText;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A definition with its summary compiled: all that is needed to judge a monitor's results and to publish its alert events. */
public record CompiledDefinition(MonitorDefinition definition, Summary summary) {
    private static final Duration LEAST_LEAD = Duration.ofSeconds(60);

    public String monitor() {
        return definition.id();
    }

    AlertPolicy policy() {
        return definition.alert();
    }

    /** How long a monitor may send nothing. */
    Duration patience() {
        return definition.silenceLimit();
    }

    /** Whether another definition asks for other series: by another query, of another source, or under other labels. */
    boolean givesOtherSeriesThan(CompiledDefinition other) {
        return !definition.query().equals(other.definition.query())
                || !definition.source().equals(other.definition.source())
                || !Objects.equals(definition.language(), other.definition.language())
                || !definition.labels().equals(other.definition.labels());
    }

    /** Whether a slot is further ahead of the broker's clock than any honest clock could be. */
    public boolean isAhead(Instant slot, Instant appended) {
        return Duration.between(appended, slot).compareTo(lead()) > 0;
    }

    /**
     * Whether a run shows that the clock by which {@code last} was taken ran ahead and was corrected since: it is ahead of the
     * broker's clock; or, as slots that come again are whole intervals apart, it is well ahead and that far ahead of the run's slot.
     */
    boolean isCorrected(Instant last, Instant slot, Instant appended) {
        return isAhead(last, appended)
                || (Duration.between(slot, last).compareTo(lead()) >= 0
                        && Duration.between(appended, last).multipliedBy(2).compareTo(lead()) > 0);
    }

    private Duration lead() {
        var every = definition.every();
        return every.compareTo(LEAST_LEAD) > 0 ? every : LEAST_LEAD;
    }

    /** @param generation of the monitor's clock by which the transition's slot is taken */
    AlertEvent event(String alert, Map<String, String> series, Transition transition, @Nullable Instant generation) {
        var incident = Ids.incident(alert, transition.since(), transition.generation());
        // an incident fires and resolves once; only a reminder may meet a slot that its incident had before
        var repeatable = transition.type() == AlertEvent.Type.REMINDER ? generation : null;
        return new AlertEvent(
                Ids.event(incident, transition.type(), transition.slot(), repeatable),
                transition.type(),
                alert,
                incident,
                monitor(),
                StorableText.of(series),
                StorableText.of(definition.labels()),
                transition.status(),
                transition.value(),
                StorableText.of(transition.reason()),
                StorableText.of(summary.render(monitor(), series, transition)),
                transition.slot(),
                transition.since(),
                StorableText.of(policy().receivers()));
    }
}
