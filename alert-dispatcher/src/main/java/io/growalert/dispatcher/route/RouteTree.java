package io.growalert.dispatcher.route;

import io.growalert.evaluation.match.Matcher;
import io.growalert.events.AlertCause;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The routes: which receivers an event has by its labels. The first matching branch takes an event, and its first matching branch
 * in turn; after one that continues, the next ones are tried as well. A branch of which no branch matches notifies its own
 * receivers.
 */
public final class RouteTree {
    /** Without a section {@code routes}: no event has a receiver. */
    public static final RouteTree NONE = new RouteTree(null);

    private final @Nullable Branch root;

    RouteTree(@Nullable Branch root) {
        this.root = root;
    }

    /** A branch that notifies, and the branches that led to it, the root first. */
    public record MatchedPath(List<Branch> branches) {
        public MatchedPath {
            branches = List.copyOf(branches);
        }

        public Branch last() {
            return branches.getLast();
        }

        /** The matchers from the root on, such as {@code {}/{site=north,room=~a.*}}; independent of the order of the file. */
        public String matchers() {
            return branches.stream()
                    .map(branch -> branch.matchers().stream()
                            .map(Matcher::toString)
                            .sorted()
                            .collect(Collectors.joining(",", "{", "}")))
                    .collect(Collectors.joining("/"));
        }

        private MatchedPath then(Branch next) {
            var longer = new ArrayList<>(branches);
            longer.add(next);
            return new MatchedPath(longer);
        }
    }

    public boolean isEmpty() {
        return root == null;
    }

    /** The branches that notify of an event with these labels, in order. */
    public List<MatchedPath> matching(Map<String, String> labels) {
        var found = new ArrayList<MatchedPath>();
        if (root != null) {
            collect(new MatchedPath(List.of(root)), labels, found);
        }
        return found;
    }

    private static void collect(MatchedPath path, Map<String, String> labels, List<MatchedPath> found) {
        boolean taken = false;
        for (var branch : path.last().branches()) {
            if (branch.matches(labels)) {
                taken = true;
                collect(path.then(branch), labels, found);
                if (!branch.continues()) {
                    return;
                }
            }
        }
        if (!taken) {
            found.add(path);
        }
    }

    /** The first of the branches that notify this receiver of an event with these labels. */
    public Optional<MatchedPath> leadingTo(String receiver, Map<String, String> labels) {
        return matching(labels).stream()
                .filter(path -> path.last().receivers().contains(receiver))
                .findFirst();
    }

    /** The receivers of an event with these labels, in order, each once. */
    public List<String> receivers(Map<String, String> labels) {
        return matching(labels).stream()
                .flatMap(path -> path.last().receivers().stream())
                .distinct()
                .toList();
    }

    /** As {@link #receivers}, without the branches that remind of the alert by their own {@code repeat}. */
    public List<String> reminded(Map<String, String> labels, @Nullable AlertCause cause) {
        return matching(labels).stream()
                .map(MatchedPath::last)
                .filter(branch -> !branch.grouping().repeatsAlerts(labels, cause))
                .flatMap(branch -> branch.receivers().stream())
                .distinct()
                .toList();
    }

    /** How the branch with these {@linkplain MatchedPath#matchers matchers} groups for this receiver; empty when there is none now. */
    public Optional<Grouping> grouping(String matchers, String receiver) {
        return root == null
                ? Optional.empty()
                : paths(new MatchedPath(List.of(root)))
                        .filter(path -> path.matchers().equals(matchers))
                        .map(MatchedPath::last)
                        .filter(branch -> branch.receivers().contains(receiver))
                        .map(Branch::grouping)
                        .findFirst();
    }

    private static Stream<MatchedPath> paths(MatchedPath path) {
        return Stream.concat(Stream.of(path), path.last().branches().stream().flatMap(next -> paths(path.then(next))));
    }

    /**
     * The branch with these {@linkplain MatchedPath#matchers matchers}; of several the one that has this path, else the first.
     */
    public Optional<Branch> find(String matchers, String path) {
        return root == null
                ? Optional.empty()
                : choose(paths(new MatchedPath(List.of(root))), matchers, path).map(MatchedPath::last);
    }

    /** As {@link #find}, among the branches that notify of an event with these labels. */
    public Optional<MatchedPath> matching(Map<String, String> labels, String matchers, String path) {
        return choose(matching(labels).stream(), matchers, path);
    }

    private static Optional<MatchedPath> choose(Stream<MatchedPath> paths, String matchers, String path) {
        return paths.filter(candidate -> candidate.matchers().equals(matchers))
                .min(Comparator.comparing(candidate -> !candidate.last().path().equals(path)));
    }

    /**
     * The end of the time in which this receiver is not notified of an event with these labels; empty when a branch notifies it at
     * once, or none does.
     */
    public Optional<Instant> heldUntil(Map<String, String> labels, String receiver, Instant now) {
        var ends = matching(labels).stream()
                .map(MatchedPath::last)
                .filter(branch -> branch.receivers().contains(receiver))
                .map(branch -> branch.hours().heldUntil(now))
                .toList();
        return ends.stream().allMatch(Optional::isPresent)
                ? ends.stream().flatMap(Optional::stream).min(Comparator.naturalOrder())
                : Optional.empty();
    }

    /** Whether an event that has these labels, and any others, may have a receiver. */
    public boolean mayNotify(Map<String, String> known) {
        return mayReach(known, _ -> true);
    }

    /** Whether an event that has these labels, and any others, may share a message with others that have the same labels. */
    public boolean mayGroup(Map<String, String> known) {
        return mayReach(known, branch -> !branch.grouping().by().isEmpty());
    }

    private boolean mayReach(Map<String, String> known, Predicate<Branch> condition) {
        return root != null
                && mayReach(
                        root, known, condition.and(branch -> !branch.receivers().isEmpty()));
    }

    private static boolean mayReach(Branch branch, Map<String, String> known, Predicate<Branch> condition) {
        boolean taken = false;
        for (var next : branch.branches()) {
            var decided = next.matchers().stream()
                    .filter(matcher -> known.containsKey(matcher.label()))
                    .toList();
            if (decided.stream().allMatch(matcher -> matcher.test(known))) {
                if (mayReach(next, known, condition)) {
                    return true;
                }
                boolean takesAll = decided.size() == next.matchers().size();
                if (takesAll && !next.continues()) {
                    return false;
                }
                taken |= takesAll;
            }
        }
        return !taken && condition.test(branch);
    }

    /** All branches, each before those inside of it. */
    public List<Branch> all() {
        var found = new ArrayList<Branch>();
        if (root != null) {
            collect(root, found);
        }
        return found;
    }

    private static void collect(Branch branch, List<Branch> found) {
        found.add(branch);
        branch.branches().forEach(inside -> collect(inside, found));
    }
}
