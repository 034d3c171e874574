package io.growalert.evaluation.alert;

import io.growalert.events.AlertCause;
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

/** A definition with its compiled summary: judges a monitor's results and creates its alert events. */
public record CompiledDefinition(MonitorDefinition definition, Summary summary) {
    private static final Duration LEAST_LEAD = Duration.ofSeconds(60);

    public String monitor() {
        return definition.id();
    }

    AlertPolicy policy() {
        return definition.alert();
    }

    /** The time without results after which the monitor is silent. */
    Duration patience() {
        return definition.silenceLimit();
    }

    /** Whether another definition has other series: another query, source, language or other labels. */
    boolean givesOtherSeriesThan(CompiledDefinition other) {
        return !definition.query().equals(other.definition.query())
                || !definition.source().equals(other.definition.source())
                || !Objects.equals(definition.language(), other.definition.language())
                || !definition.labels().equals(other.definition.labels());
    }

    /** Whether a slot is further ahead of the broker's clock than tolerated. */
    public boolean isAhead(Instant slot, Instant appended) {
        return Duration.between(appended, slot).compareTo(lead()) > 0;
    }

    /**
     * Whether a run shows that the clock of {@code last} ran ahead and was corrected since: {@code last} is ahead of the broker's
     * clock; or it is well ahead of it, and as far ahead of the run's slot, since repeated slots are whole intervals apart.
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

    /** @param generation of the clock of the transition's slot */
    AlertEvent event(String alert, Map<String, String> series, Transition transition, @Nullable Instant generation) {
        return event(alert, series, transition, generation, null);
    }

    AlertEvent event(
            String alert,
            Map<String, String> series,
            Transition transition,
            @Nullable Instant generation,
            @Nullable AlertCause cause) {
        var incident = Ids.incident(alert, transition.since(), transition.generation());
        // an incident fires and resolves once; only a reminder may repeat a slot of its incident
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
                StorableText.of(policy().receivers()),
                policy().routes(),
                transition.value() == null ? null : unit(),
                cause,
                StorableText.of(RuleWords.of(definition)));
    }

    private @Nullable String unit() {
        return definition.unit() == null ? null : StorableText.of(definition.unit());
    }
}
