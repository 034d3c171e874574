package io.growalert.evaluation.alert;

import io.growalert.events.MonitorDefinition;
import io.growalert.events.Threshold;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A definition's rule as text: {@code failed above 1000 ppm; fires after 3 consecutive results; ...; every 30s}. */
final class RuleWords {
    private RuleWords() {}

    static String of(MonitorDefinition definition) {
        var policy = definition.alert();
        var needed = policy.failingFor();
        var thresholds = Stream.of(
                        threshold("failed", definition.fail(), definition),
                        threshold("degraded", definition.degraded(), definition),
                        threshold("passed again", definition.resolve(), definition))
                .flatMap(Optional::stream);
        var policies = Stream.of(
                "fires after " + (needed == null ? results(policy.after()) : DurationWords.of(needed)),
                "resolves after " + results(policy.resolveAfter()),
                "noData: " + definition.noData().name().toLowerCase(Locale.ROOT)
                        + (definition.absencePasses() ? " (absent series passed)" : ""),
                "onError: " + definition.onError().name().toLowerCase(Locale.ROOT),
                "every " + DurationWords.of(definition.every()),
                "silent after " + DurationWords.of(definition.silenceLimit()));
        return Stream.concat(thresholds, policies).collect(Collectors.joining("; "));
    }

    private static Optional<String> threshold(
            String status, @Nullable Threshold threshold, MonitorDefinition definition) {
        return Optional.ofNullable(threshold).map(limit -> status + " " + limit.inWords(definition.unit()));
    }

    private static String results(int count) {
        return count == 1 ? "1 result" : count + " consecutive results";
    }
}
