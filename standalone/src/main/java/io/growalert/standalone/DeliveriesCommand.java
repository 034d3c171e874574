package io.growalert.standalone;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code growalert deliveries}. */
@Command(
        name = "deliveries",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Operates the deliveries of a running dispatcher.",
        subcommands = {DeliveriesCommand.Redrive.class, DeliveriesCommand.Acknowledge.class})
final class DeliveriesCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "a command is needed: redrive or acknowledge-parked");
    }

    @Command(
            name = "redrive",
            description = "Sends the deliveries of a receiver again that were parked since an instant, each with a new "
                    + "time to live. Those that a later event superseded stay parked.")
    static final class Redrive extends BillingCommand.Asking {
        @Option(names = "--receiver", required = true, paramLabel = "NAME", description = "The receiver.")
        private String receiver = "";

        @Option(
                names = "--since",
                required = true,
                paramLabel = "WHEN",
                converter = ReconcileCommand.Since.class,
                description = "Parked since when: 2h or 7d ago, or an instant such as 2026-11-24T00:00:00Z.")
        private @Nullable Instant since;

        @Override
        int ask(BillingApi api, PrintWriter out) {
            var answer = api.call(
                            "POST",
                            "/api/deliveries/redrive",
                            Map.of("receiver", receiver, "since", String.valueOf(since)))
                    .orElseThrow(() -> new CannotRun("the response has no body; does a dispatcher run there?"));
            long due = answer.path("due").asLong(0);
            long superseded = answer.path("superseded").asLong(0);
            out.println(due == 1 ? "1 delivery is due again" : due + " deliveries are due again");
            if (superseded > 0) {
                out.println(superseded + " superseded by later events stay parked");
            }
            return CommandLine.ExitCode.OK;
        }
    }

    @Command(
            name = "acknowledge-parked",
            description =
                    "Acknowledges all deliveries that are parked now: they stay parked, and no longer degrade health.")
    static final class Acknowledge extends BillingCommand.Asking {
        @Override
        int ask(BillingApi api, PrintWriter out) {
            long deliveries = api.call("POST", "/api/deliveries/acknowledge-parked", null)
                    .map(answer -> answer.path("deliveries").asLong(0))
                    .orElse(0L);
            out.println(
                    deliveries == 1
                            ? "1 parked delivery acknowledged"
                            : deliveries + " parked deliveries acknowledged");
            return CommandLine.ExitCode.OK;
        }
    }
}
