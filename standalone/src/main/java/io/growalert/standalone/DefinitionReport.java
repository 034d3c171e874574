package io.growalert.standalone;

import io.growalert.definitions.DefinitionFile;
import io.growalert.definitions.DefinitionProblem;
import io.growalert.definitions.Place;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.ReceiverCheck;
import io.growalert.dispatcher.route.EventLabels;
import io.growalert.dispatcher.route.RouteFiles;
import io.growalert.dispatcher.route.RouteTree;
import io.growalert.dispatcher.silence.SilenceFiles;
import io.growalert.gateway.status.StatusPageFiles;
import io.growalert.monitor.definitions.DefinitionCheck;
import io.growalert.monitor.definitions.Definitions;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The problems that all services together find in a set of definition files.
 *
 * @param warnings what is allowed and may be a mistake; none while there are problems
 */
record DefinitionReport(
        int monitors, int sources, int receivers, List<DefinitionProblem> problems, List<DefinitionProblem> warnings) {
    DefinitionReport {
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
    }

    /** @param allowEmpty whether a file may have no key at all; what runs guards against that by refusing to remove every monitor */
    static DefinitionReport of(List<Path> files, boolean allowEmpty) {
        var problems = new Problems();
        if (!allowEmpty) {
            files.forEach(file -> reportEmpty(file, problems));
        }
        var definitions = DefinitionCheck.of(files, Variables.environment(), "default");
        definitions.problems().forEach(problem -> problems.add(problem.place(), problem.key(), problem.message()));
        var receivers = ReceiverCheck.check(files, Variables.environment(), problems);
        var routes = RouteFiles.read(files, Variables.environment(), problems);
        new SilenceFiles(Variables.environment()).read(files, problems);
        StatusPageFiles.read(files, Variables.environment(), problems);
        return new DefinitionReport(
                definitions.monitors().size(),
                definitions.sources().size(),
                receivers.size(),
                problems.inOrder(),
                problems.isEmpty() ? warnings(files, definitions, routes) : List.of());
    }

    private static List<DefinitionProblem> warnings(List<Path> files, Definitions definitions, RouteTree routes) {
        var warnings = new Problems();
        addUnnotified(definitions, routes, warnings);
        addRepeatOfGroups(definitions, routes, warnings);
        addUngrouped(files, routes, warnings);
        return warnings.inOrder();
    }

    /** Monitors whose own interval of reminders sends no message, at least where they are in a group. */
    private static void addRepeatOfGroups(Definitions definitions, RouteTree routes, Problems warnings) {
        for (var monitor : definitions.monitors()) {
            var policy = monitor.alert();
            boolean isRouted = policy.receivers().isEmpty() || Boolean.TRUE.equals(policy.routes());
            if (policy.repeat() != null && isRouted && routes.mayGroup(EventLabels.known(monitor))) {
                warnings.add(
                        Objects.requireNonNull(definitions.places().get(monitor.id())),
                        "alert.repeat",
                        "the monitor %s is in a group by the routes: its repeat only refreshes what the group's messages say; their interval is the route's repeat"
                                .formatted(monitor.id()));
            }
        }
    }

    /** Receivers that get each alert although a route groups for them. */
    private static void addUngrouped(List<Path> files, RouteTree routes, Problems warnings) {
        var without = ReceiverCheck.withoutGroups(files, Variables.environment());
        for (var branch : routes.all()) {
            if (!branch.grouping().by().isEmpty()) {
                branch.receivers().stream()
                        .filter(without::remove)
                        .forEach(receiver -> warnings.add(
                                placeOfRoutes(files),
                                branch.path(),
                                "the receiver %s is notified of each alert separately, although the route groups: a webhook needs groups: true, and an http receiver a body that is valid without a value"
                                        .formatted(receiver)));
            }
        }
    }

    private static Place placeOfRoutes(List<Path> files) {
        return files.stream()
                .flatMap(file -> DefinitionFile.read(file, Variables.environment(), new Problems()).stream())
                .filter(root -> root.has("routes"))
                .map(root -> root.place("routes"))
                .findFirst()
                .orElseThrow();
    }

    /** Monitors whose alerts have no receiver, whatever labels their series have. */
    private static void addUnnotified(Definitions definitions, RouteTree routes, Problems warnings) {
        for (var monitor : definitions.monitors()) {
            if (monitor.alert().receivers().isEmpty() && !routes.mayNotify(EventLabels.known(monitor))) {
                warnings.add(
                        Objects.requireNonNull(definitions.places().get(monitor.id())),
                        "alert.receivers",
                        "the monitor %s notifies no receiver: it names none, and %s"
                                .formatted(
                                        monitor.id(),
                                        routes.isEmpty()
                                                ? "there are no routes"
                                                : "no route with a receiver matches it"));
            }
        }
    }

    private static void reportEmpty(Path file, Problems problems) {
        DefinitionFile.read(file, Variables.environment(), new Problems())
                .filter(root -> root.keys().isEmpty())
                .ifPresent(root ->
                        problems.add(root.place(), "", "the file is empty; give --allow-empty if that is meant"));
    }

    /** @throws CannotRun when there is a problem, with all of them */
    void requireGood() {
        if (!problems.isEmpty()) {
            throw CannotRun.because(problems);
        }
    }

    /** Such as {@code 3 monitors, 1 source, 2 receivers}. */
    String counts() {
        return String.join(", ", count(monitors, "monitor"), count(sources, "source"), count(receivers, "receiver"));
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
