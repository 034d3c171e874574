package io.growalert.standalone;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code growalert export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Exports what a running history-service stores.",
        subcommands = ExportCommand.Values.class)
final class ExportCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is needed: values");
    }

    @Command(
            name = "values",
            description =
                    "Prints every stored value of a monitor in a period as CSV: slot, series (its labels as JSON), value, "
                            + "status. Raw values only: a period from which they were deleted is an error.")
    static final class Values extends BillingCommand.Asking {
        private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]+");

        @Option(names = "--monitor", required = true, paramLabel = "ID", description = "The monitor's id.")
        private String monitor = "";

        @Option(
                names = "--from",
                required = true,
                paramLabel = "WHEN",
                converter = ReconcileCommand.Since.class,
                description = "The start: 2h or 7d ago, or an instant such as 2026-11-24T00:00:00Z.")
        private @Nullable Instant from;

        @Option(
                names = "--to",
                paramLabel = "WHEN",
                converter = ReconcileCommand.Since.class,
                description = "The end, exclusive: 2h or 7d ago, or an instant (default: now).")
        private @Nullable Instant to;

        @Option(
                names = "--series",
                paramLabel = "ID",
                description =
                        "The id of a series, as in GET /api/history/monitors/ID; several times for several (default: all).")
        private List<String> series = new ArrayList<>();

        @Option(names = "--csv", description = "The default, and the only format.")
        @SuppressWarnings("UnusedVariable") // names the only format
        private boolean csv;

        @Override
        int ask(BillingApi api, PrintWriter out) {
            check("--monitor", monitor);
            series.forEach(id -> check("--series", id));
            var now = InstantSource.system().instant();
            var start = from == null ? now : from;
            var end = to == null || to.isAfter(now) ? now : to;
            if (!start.isBefore(end)) {
                throw new CannotRun("--from must be before --to and before now");
            }
            new ValuesExport(api, monitor, out).write(series, start, end);
            return CommandLine.ExitCode.OK;
        }

        private static void check(String option, String id) {
            if (!ID.matcher(id).matches()) {
                throw new CannotRun("%s: '%s' is no id".formatted(option, id));
            }
        }
    }
}
