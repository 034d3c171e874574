package io.growalert.benchmarks.alerting;

import io.growalert.events.AlertEvent;
import io.growalert.events.Ids;
import io.growalert.events.Status;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The events of the alerts topic, with the queries that find false alerts. */
record AlertEvents(List<TopicRecords.Entry<AlertEvent>> all) {

    /** Firings of monitors for silence since an instant of the topic's clock. */
    List<String> silence(Instant since) {
        return own(since, event -> event.status() == Status.NO_DATA);
    }

    /** Firings of monitors' own alerts for errors since an instant of the topic's clock. */
    List<String> ownErrors(Instant since) {
        return own(since, event -> event.status() != Status.NO_DATA);
    }

    private List<String> own(Instant since, Predicate<AlertEvent> wanted) {
        return all.stream()
                .filter(entry -> !entry.at().isBefore(since))
                .filter(entry -> isOwn(entry.value()) && wanted.test(entry.value()))
                .filter(entry -> entry.value().type() != AlertEvent.Type.RESOLVED)
                .map(entry -> describe(entry.value()) + ", published " + entry.at())
                .toList();
    }

    /** Whether it is about the monitor itself and not about a series. */
    static boolean isOwn(AlertEvent event) {
        return event.alert().equals(Ids.alert(event.monitor()));
    }

    /** Ids that were published more than once. */
    List<String> repeated() {
        var times = new HashMap<String, Integer>();
        all.forEach(entry -> times.merge(entry.value().id(), 1, Integer::sum));
        return all.stream()
                .filter(entry -> times.getOrDefault(entry.value().id(), 0) > 1)
                .map(entry -> "%s: %s".formatted(entry.value().id(), describe(entry.value())))
                .distinct()
                .toList();
    }

    Set<String> ids() {
        return all.stream().map(entry -> entry.value().id()).collect(Collectors.toSet());
    }

    /** The incidents of series that fired and did not resolve, by alert. */
    Map<String, String> open() {
        var open = new HashMap<String, String>();
        all.stream().map(TopicRecords.Entry::value).forEach(event -> {
            switch (event.type()) {
                case FIRING, REMINDER -> open.put(event.alert(), event.incident());
                case RESOLVED -> open.remove(event.alert());
            }
        });
        return open;
    }

    static String describe(AlertEvent event) {
        return "%s %s %s at slot %s: %s"
                .formatted(event.monitor(), event.series(), event.type().wire(), event.slot(), event.reason());
    }
}
