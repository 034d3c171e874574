package io.growalert.benchmarks.alerting;

import io.growalert.benchmarks.report.Report;
import io.growalert.events.CheckResult;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The events of the alerts topic, and the webhooks of them, compared with what the results of {@link FlippingMonitors} imply. */
final class TransitionCheck {
    private static final Duration MOST_APART = Duration.ofMinutes(1);
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final AlertEvents events;
    private final List<FlippingMonitors.Implied> implied;
    private final Instant settled;

    /** @param results those of the flipping monitors, in the topic's order */
    TransitionCheck(List<CheckResult> results, AlertEvents events) {
        this.events = events;
        implied = FlippingMonitors.transitions(results);
        settled = settled(results);
    }

    /** Until when all results were read: one of a slow partition may be missing before the last of the others. */
    private static Instant settled(List<CheckResult> results) {
        var last = new HashMap<String, Instant>();
        results.forEach(result ->
                last.merge(result.monitor(), result.slot(), (one, other) -> one.isAfter(other) ? one : other));
        var latest = last.values().stream().max(Instant::compareTo).orElse(Instant.EPOCH);
        var earliest = last.values().stream().min(Instant::compareTo).orElse(Instant.EPOCH);
        var bound = latest.minus(MOST_APART);
        // what the last results imply may be under way, and is read or not
        return (earliest.isBefore(bound) ? bound : earliest).minusSeconds(5);
    }

    /** Reads the alerts topic again and again, until it has what the results imply, or the bound is over. */
    static TransitionCheck awaited(List<CheckResult> results, String broker, Duration bound)
            throws InterruptedException {
        var end = Instant.now().plus(bound);
        while (true) {
            var check = new TransitionCheck(results, new AlertEvents(TopicRecords.all(TopicRecords.events(broker))));
            if (check.missing(check.events.ids()).isEmpty() || Instant.now().isAfter(end)) {
                return check;
            }
            TimeUnit.SECONDS.sleep(AGAIN.toSeconds());
        }
    }

    AlertEvents events() {
        return events;
    }

    List<FlippingMonitors.Implied> implied() {
        return implied;
    }

    /** @param since from when on no monitor's own alert may fire, by the topic's clock */
    void judge(Report report, Instant since) {
        report.check("no false \"no results\" event", events.silence(since));
        report.check("no event of a monitor's own errors", events.ownErrors(since));
        report.check("no event id twice", events.repeated());
        var published = events.ids();
        report.check("each transition that the values imply was published", missing(published));
        var impliedIds =
                implied.stream().map(FlippingMonitors.Implied::eventId).collect(Collectors.toCollection(HashSet::new));
        var monitors = implied.stream().map(FlippingMonitors.Implied::monitor).collect(Collectors.toSet());
        report.check(
                "nothing else was published",
                events.all().stream()
                        .map(TopicRecords.Entry::value)
                        .filter(event -> !AlertEvents.isOwn(event)
                                && monitors.contains(event.monitor())
                                && event.slot().isBefore(settled)
                                && !impliedIds.contains(event.id()))
                        .map(AlertEvents::describe)
                        .toList());
    }

    /** Whether a webhook arrived of each. */
    boolean isNotified(WebhookSink sink) {
        return missing(sink.arrivals().stream()
                        .map(arrival -> arrival.event().id())
                        .collect(Collectors.toSet()))
                .isEmpty();
    }

    /** @param repeats whether a webhook may arrive again under its id, because an instance was killed */
    void judgeWebhooks(Report report, WebhookSink sink, boolean repeats) {
        var arrivals = sink.arrivals();
        var webhookIds = new HashMap<String, Set<String>>();
        arrivals.forEach(arrival -> webhookIds
                .computeIfAbsent(arrival.event().id(), _ -> new HashSet<>())
                .add(arrival.webhookId()));
        report.check("each transition was notified", missing(webhookIds.keySet()));
        report.check(
                "each event has one webhook-id",
                webhookIds.entrySet().stream()
                        .filter(entry -> entry.getValue().size() > 1)
                        .map(Map.Entry::toString)
                        .toList());
        int again = arrivals.size() - webhookIds.size();
        Report.print("%,d webhooks, %d of them repeated under their id".formatted(arrivals.size(), again));
        if (!repeats) {
            report.check("no webhook twice", again == 0, again + " arrived again");
        }
    }

    private List<String> missing(Set<String> ids) {
        return implied.stream()
                .filter(transition -> transition.slot().isBefore(settled) && !ids.contains(transition.eventId()))
                .map(Object::toString)
                .toList();
    }
}
