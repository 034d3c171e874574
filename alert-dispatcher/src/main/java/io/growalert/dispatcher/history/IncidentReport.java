package io.growalert.dispatcher.history;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.growalert.dispatcher.ack.AcknowledgementHistory;
import io.growalert.dispatcher.ack.EscalationHistory;
import io.growalert.dispatcher.history.IncidentHistory.Delivery;
import io.growalert.dispatcher.history.IncidentHistory.Event;
import io.growalert.dispatcher.history.IncidentHistory.Incident;
import io.growalert.dispatcher.route.RouteExplanation;
import io.growalert.dispatcher.silence.Silence;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Why an incident notified whom.
 *
 * @param rule the monitor's rule at the firing, as text; null when it is unknown
 * @param receivers those that the monitor named at the firing
 * @param routes the routes in use now, explained for the labels and the time of the firing; null when it used none
 * @param transitions the events, the latest first; the firing is always the last one
 * @param silences that matched the firing while the incident was open
 * @param deliveries the latest first
 * @param acknowledgements the last one, also when it ended; none when the incident never was acknowledged
 * @param escalations the steps of its routes, and their repeats
 */
public record IncidentReport(
        Incident incident,
        @Nullable String rule,
        List<String> receivers,
        @Nullable RouteExplanation routes,
        List<Event> transitions,
        List<Silence> silences,
        List<Sent> deliveries,
        List<AcknowledgementHistory.Entry> acknowledgements,
        List<EscalationHistory.Step> escalations) {
    /** @param reason by the monitor's id */
    public IncidentReport pausedBy(Function<String, @Nullable String> reason) {
        return new IncidentReport(
                incident.pausedBy(reason),
                rule,
                receivers,
                routes,
                transitions,
                silences,
                deliveries,
                acknowledgements,
                escalations);
    }

    /**
     * A delivery for the incident.
     *
     * @param heldBy the ids of its holds, such as silences; of a finished one, the last that it had
     * @param attemptHistory the latest attempts first
     */
    public record Sent(@JsonUnwrapped Delivery delivery, List<String> heldBy, List<AttemptList.Entry> attemptHistory) {}
}
