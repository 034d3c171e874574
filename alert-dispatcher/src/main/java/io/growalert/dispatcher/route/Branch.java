package io.growalert.dispatcher.route;

import io.growalert.evaluation.match.Matcher;
import java.util.List;
import java.util.Map;

/**
 * A branch of the tree of routes, with what it inherited.
 *
 * @param path its place in the file, such as {@code routes.routes[1]}
 * @param matchers the conditions besides those of the parents; none means every event
 * @param receivers in order; without one, its events are not notified
 * @param hours not inherited, as they hold for this branch alone
 * @param continues whether the next branches beside it are tried as well
 * @param branches in order
 */
public record Branch(
        String path,
        List<Matcher> matchers,
        List<String> receivers,
        Grouping grouping,
        NotificationHours hours,
        boolean continues,
        List<Branch> branches) {
    public Branch {
        matchers = List.copyOf(matchers);
        receivers = List.copyOf(receivers);
        branches = List.copyOf(branches);
    }

    boolean matches(Map<String, String> labels) {
        return matchers.stream().allMatch(matcher -> matcher.test(labels));
    }

    /** Such as {@code routes.routes[1]: site=north, room=~a.*}. */
    @Override
    public String toString() {
        return matchers.isEmpty()
                ? path + ": all events"
                : path + ": "
                        + String.join(
                                ", ", matchers.stream().map(Matcher::toString).toList());
    }
}
