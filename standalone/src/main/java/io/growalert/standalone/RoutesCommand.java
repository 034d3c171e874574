package io.growalert.standalone;

import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.route.EventLabels;
import io.growalert.dispatcher.route.RouteExplanation;
import io.growalert.dispatcher.route.RouteFiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code growalert routes}. */
@Command(
        name = "routes",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Explains the routes of definition files.",
        subcommands = RoutesCommand.Explain.class)
final class RoutesCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is needed: test");
    }

    @Command(
            name = "test",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description =
                    "Prints which receivers an event with some labels has, how it is grouped, and why. It sends nothing "
                            + "and connects to nothing.")
    static final class Explain implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Parameters(arity = "0..*", paramLabel = "FILE", description = "Definition files; several make one set.")
        private List<Path> files = new ArrayList<>();

        @Option(names = "--config", arity = "1..*", paramLabel = "FILE", description = "As FILE.")
        private List<Path> configs = new ArrayList<>();

        @Option(
                names = "--labels",
                required = true,
                paramLabel = "NAME=VALUE,...",
                description = "The event's labels: those of the series and of the monitor, and monitor and status.")
        private String labels = "";

        @Option(
                names = "--at",
                paramLabel = "INSTANT",
                description = "The time of the event, such as 2026-11-24T07:00:00Z (default: now).")
        private @Nullable Instant at;

        @Override
        public Integer call() {
            Logging.quiet();
            var all = new ArrayList<>(files);
            all.addAll(configs);
            if (all.isEmpty()) {
                throw new CommandLine.ParameterException(spec.commandLine(), "at least one FILE is needed");
            }
            var labelled = given();
            var problems = new Problems();
            var routes = RouteFiles.read(all, Variables.environment(), problems);
            if (!problems.isEmpty()) {
                throw CannotRun.because(problems.inOrder());
            }
            if (routes.isEmpty()) {
                throw new CannotRun("the files have no routes");
            }
            var now = at == null ? Clock.systemUTC().instant() : at;
            var out = spec.commandLine().getOut();
            out.println("labels: " + quoted(labelled));
            print(RouteExplanation.of(routes, labelled, now), out);
            return CommandLine.ExitCode.OK;
        }

        private Map<String, String> given() {
            try {
                return EventLabels.parse(labels);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.ParameterException(spec.commandLine(), "--labels: " + e.getMessage(), e);
            }
        }

        /** As they were read, so that a comma that belongs to a value is seen. */
        private static String quoted(Map<String, String> labels) {
            return labels.isEmpty()
                    ? "none"
                    : labels.entrySet().stream()
                            .map(label -> "%s=\"%s\"".formatted(label.getKey(), label.getValue()))
                            .collect(Collectors.joining(", "));
        }

        private static void print(RouteExplanation explanation, PrintWriter out) {
            out.println("receivers: " + listed(explanation.receivers()));
            for (var taken : explanation.branches()) {
                out.println();
                out.println(taken.route());
                out.println("  receivers: " + listed(taken.receivers()));
                out.println("  groupBy: " + groupBy(taken));
                out.println("  groupWait: %s, groupInterval: %s, repeat: %s"
                        .formatted(taken.groupWait(), taken.groupInterval(), orNever(taken.repeat())));
                taken.escalate()
                        .forEach(step -> out.println("  escalate: after %s to %s, repeat: %s"
                                .formatted(step.after(), listed(step.receivers()), orNever(step.repeat()))));
                if (taken.heldUntil() != null) {
                    out.println("  held until: " + taken.heldUntil());
                }
                taken.why().forEach(reason -> out.println("  matched " + reason));
            }
        }

        private static String groupBy(RouteExplanation.Taken taken) {
            return taken.group().isEmpty()
                    ? "none, one message per alert"
                    : taken.group().entrySet().stream()
                            .map(label -> label.getKey() + "=" + label.getValue())
                            .collect(Collectors.joining(", "));
        }

        private static String listed(List<String> receivers) {
            return receivers.isEmpty() ? "none" : String.join(", ", receivers);
        }

        private static String orNever(@Nullable String duration) {
            return duration == null ? "never" : duration;
        }
    }
}
