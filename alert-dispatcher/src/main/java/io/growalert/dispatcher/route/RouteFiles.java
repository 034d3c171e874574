package io.growalert.dispatcher.route;

import io.growalert.definitions.DefinitionFile;
import io.growalert.definitions.DurationText;
import io.growalert.definitions.Place;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Section;
import io.growalert.definitions.Variables;
import io.growalert.evaluation.match.Matcher;
import io.growalert.events.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code routes}, which one file of a set may have. */
public final class RouteFiles {
    private static final String ROUTES = "routes";
    /** An alias may repeat branches, and refer to itself. */
    private static final int MAX_BRANCHES = 5_000;

    private static final int MAX_DEPTH = 20;
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration YEAR = Duration.ofDays(366);

    private final Set<String> receivers;
    private int branches;

    private RouteFiles(Set<String> receivers) {
        this.receivers = receivers;
    }

    /** Returns the routes of all files, empty without any; valid only when no problem was added. */
    public static RouteTree read(List<Path> files, Variables variables, Problems problems) {
        var roots = files.stream()
                .flatMap(file -> DefinitionFile.read(file, variables, problems).stream())
                .toList();
        var receivers = new TreeSet<String>();
        roots.forEach(root -> root.section("receivers").map(Section::keys).ifPresent(receivers::addAll));
        var tree = RouteTree.NONE;
        Place first = null;
        for (var root : roots) {
            if (root.has(ROUTES)) {
                if (first != null) {
                    root.problem(ROUTES, "the routes are already defined at %s".formatted(first));
                } else {
                    first = root.place(ROUTES);
                    tree = root.section(ROUTES)
                            .map(section -> new RouteTree(new RouteFiles(receivers).root(section)))
                            .orElse(RouteTree.NONE);
                }
            }
        }
        return tree;
    }

    private Branch root(Section section) {
        for (var key : List.of("match", "continue")) {
            if (section.has(key)) {
                section.problem(key, "not allowed here: the first route has every event; expected it under routes");
            }
        }
        if (!section.has("receiver") && !section.has("receivers")) {
            section.problem("receiver", "is missing; it is required, and names the default receiver");
        } else if (section.has("receivers") && section.texts("receivers").isEmpty()) {
            section.problem("receivers", "expected at least one receiver, which is the default");
        }
        return branch(section, ROUTES, List.of(), List.of(), null);
    }

    /** @param conditions of the parents, and its own */
    private Branch branch(
            Section section, String path, List<Matcher> matchers, List<Matcher> conditions, @Nullable Branch parent) {
        var names = receivers(section).orElseGet(() -> parent == null ? List.of() : parent.receivers());
        var grouping = grouping(section, parent == null ? Grouping.DEFAULT : parent.grouping());
        var hours = hours(section);
        boolean continues = section.flag("continue").orElse(false);
        var self = new Branch(path, matchers, names, grouping, hours, continues, List.of());
        var inside = branches(section, self, conditions);
        section.finish();
        return new Branch(path, matchers, names, grouping, hours, continues, inside);
    }

    private List<Branch> branches(Section section, Branch parent, List<Matcher> conditions) {
        var found = new ArrayList<Branch>();
        var valid = new ArrayList<Branch>();
        var sections = section.sections(ROUTES);
        branches += sections.size();
        int depth = parent.path().length() - parent.path().replace(".", "").length();
        if (!sections.isEmpty() && (branches > MAX_BRANCHES || depth >= MAX_DEPTH)) {
            section.problem(ROUTES, "expected at most %,d routes, %d deep".formatted(MAX_BRANCHES, MAX_DEPTH));
            return found;
        }
        for (int i = 0; i < sections.size(); i++) {
            var next = sections.get(i);
            var matchers = next.parsedList("match", RouteFiles::matcher);
            var all = Stream.concat(conditions.stream(), matchers.stream()).toList();
            Reachability.obstacle(all, valid).ifPresent(obstacle -> next.problem("match", obstacle));
            var branch = branch(next, "%s.routes[%d]".formatted(parent.path(), i), matchers, all, parent);
            found.add(branch);
            if (!next.has("match")
                    || (!matchers.isEmpty()
                            && matchers.size() == next.texts("match").size())) {
                valid.add(branch);
            }
        }
        return found;
    }

    private static Matcher matcher(String text) {
        var matcher = Matcher.of(text);
        var statuses = Arrays.stream(Status.values()).map(Status::name).toList();
        if (matcher.label().equals(EventLabels.STATUS)
                && matcher.onlyValue()
                        .filter(value -> !statuses.contains(value))
                        .isPresent()) {
            throw new IllegalArgumentException(
                    "'%s': expected one of %s as the status".formatted(text, String.join(", ", statuses)));
        }
        return matcher;
    }

    private Optional<List<String>> receivers(Section section) {
        if (section.has("receiver") && section.has("receivers")) {
            section.problem("receivers", "give either receiver or receivers, not both");
        }
        return section.has("receivers")
                ? Optional.of(named(section))
                : section.parsed("receiver", this::known).map(List::of);
    }

    private List<String> named(Section section) {
        return section.parsedList("receivers", this::known).stream().distinct().toList();
    }

    private String known(String receiver) {
        if (!receivers.contains(receiver)) {
            throw new IllegalArgumentException("unknown receiver '%s'; expected %s"
                    .formatted(
                            receiver,
                            receivers.isEmpty()
                                    ? "a name that is defined under receivers"
                                    : "one of " + String.join(", ", receivers)));
        }
        return receiver;
    }

    private Grouping grouping(Section section, Grouping inherited) {
        var by = section.parsedList("groupBy", Matcher::label).stream()
                .distinct()
                .toList();
        return new Grouping(
                section.has("groupBy") ? by : inherited.by(),
                section.duration("groupWait", Duration.ZERO, Duration.ofHours(1))
                        .orElse(inherited.delay()),
                section.duration("groupInterval", SECOND, Duration.ofDays(1)).orElse(inherited.interval()),
                section.duration("repeat", SECOND, YEAR).orElse(inherited.repeat()),
                section.has("escalate") ? escalations(section) : inherited.escalations(),
                section.has("groupBy") ? by.isEmpty() : inherited.isSeparate());
    }

    private List<Escalation> escalations(Section section) {
        var found = new ArrayList<Escalation>();
        for (var step : section.sections("escalate")) {
            var after = step.required("after", step.duration("after", SECOND, Duration.ofDays(30)));
            var names = named(step);
            var repeat = step.duration("repeat", Duration.ofMinutes(1), Duration.ofDays(30));
            if (step.texts("receivers").isEmpty()) {
                step.problem("receivers", "expected at least one receiver");
            }
            step.finish();
            after.ifPresent(time -> {
                if (!found.isEmpty() && time.compareTo(found.getLast().after()) <= 0) {
                    step.problem(
                            "after",
                            "expected more than the %s of the step before it"
                                    .formatted(DurationText.of(found.getLast().after())));
                }
                found.add(new Escalation(time, names, repeat.orElse(null)));
            });
        }
        return found;
    }

    private static NotificationHours hours(Section section) {
        var active = intervals(section, "active");
        var mute = intervals(section, "mute");
        try {
            return new NotificationHours(active, mute);
        } catch (IllegalArgumentException e) {
            section.problem("mute", String.valueOf(e.getMessage()));
            return NotificationHours.ALWAYS;
        }
    }

    private static List<TimeInterval> intervals(Section section, String key) {
        var found = new ArrayList<TimeInterval>();
        for (var interval : section.sections(key)) {
            TimeInterval.read(interval).ifPresent(found::add);
            interval.finish();
        }
        return found;
    }
}
