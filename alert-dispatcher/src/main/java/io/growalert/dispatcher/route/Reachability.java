package io.growalert.dispatcher.route;

import io.growalert.evaluation.match.Matcher;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds branches that no event reaches. It compares patterns with each other only as text, so that it does not find all. */
final class Reachability {
    private Reachability() {}

    /**
     * Why no event reaches a branch; empty when one may.
     *
     * @param conditions its own matchers and those of its parents
     * @param before the branches before it that have the same parent
     */
    static Optional<String> obstacle(List<Matcher> conditions, List<Branch> before) {
        var values = new HashMap<String, Matcher>();
        conditions.stream()
                .filter(matcher -> matcher.onlyValue().isPresent())
                .forEach(matcher -> values.putIfAbsent(matcher.label(), matcher));
        return contradiction(conditions, values).or(() -> before.stream()
                .filter(branch -> !branch.continues())
                .filter(branch ->
                        branch.matchers().stream().allMatch(matcher -> isImplied(matcher, conditions, values)))
                .findFirst()
                .map(branch -> "no event reaches it: %s takes them all, without continue".formatted(branch.path())));
    }

    private static Optional<String> contradiction(List<Matcher> conditions, Map<String, Matcher> values) {
        return conditions.stream()
                .filter(matcher -> isDecided(matcher, values, false))
                .findFirst()
                .map(matcher ->
                        "no event reaches it: %s contradicts %s".formatted(matcher, values.get(matcher.label())));
    }

    private static boolean isImplied(Matcher matcher, List<Matcher> conditions, Map<String, Matcher> values) {
        return conditions.contains(matcher) || isDecided(matcher, values, true);
    }

    private static boolean isDecided(Matcher matcher, Map<String, Matcher> values, boolean expected) {
        var known = values.get(matcher.label());
        return known != null
                && known.onlyValue()
                        .filter(value -> matcher.test(Map.of(matcher.label(), value)) == expected)
                        .isPresent();
    }
}
