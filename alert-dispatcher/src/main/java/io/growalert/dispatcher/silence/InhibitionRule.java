package io.growalert.dispatcher.silence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.route.EventLabels;
import io.growalert.evaluation.match.Matcher;
import io.growalert.events.AlertEvent;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * While an alert fires that all of {@code source} match, the events are held that all of {@code target} match and whose
 * {@code equal} labels have the values of the alert's firing. An absent label has the empty value.
 */
public record InhibitionRule(List<Matcher> source, List<Matcher> target, List<String> equal) {
    public InhibitionRule {
        source = List.copyOf(source);
        target = List.copyOf(target);
        equal = List.copyOf(equal);
    }

    /** The start of the ids of its silences; an equal rule has the same. */
    String prefix() {
        var text = "%s\n%s\n%s".formatted(source, target, equal);
        return "inhibition-" + UUID.nameUUIDFromBytes(text.getBytes(UTF_8)) + "-";
    }

    boolean isCause(AlertEvent event) {
        return event.type() == AlertEvent.Type.FIRING && matches(source, EventLabels.of(event));
    }

    /**
     * What this alert's firing holds.
     *
     * @throws IllegalArgumentException the value of an equal label is none that a matcher can have
     */
    List<Matcher> held(AlertEvent firing) {
        var labels = EventLabels.of(firing);
        return Stream.concat(target.stream(), equal.stream().map(label -> equal(label, labels.getOrDefault(label, ""))))
                .toList();
    }

    private static Matcher equal(String label, String value) {
        var matcher = Matcher.of(label + "=" + value);
        if (!matcher.test(Map.of(label, value))) {
            throw new IllegalArgumentException(
                    "the value of the label '%s' begins or ends with white space".formatted(label));
        }
        return matcher;
    }

    /**
     * The matchers of events that the firing does not hold although they match. An alert that matches both sides does not hold
     * another one that does, or two of them would hold each other.
     */
    List<Matcher> excepted(AlertEvent firing) {
        return matches(target, EventLabels.of(firing)) ? source : List.of();
    }

    private static boolean matches(List<Matcher> matchers, Map<String, String> labels) {
        return matchers.stream().allMatch(matcher -> matcher.test(labels));
    }
}
