package io.growalert.standalone;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line. A failure outside of the program is one clear line and exit code 1, wrong usage exit code 2. */
@Command(
        name = "growalert",
        description = "Monitors time series, notifies people when something is wrong, and bills customers.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            UpCommand.class,
            CheckCommand.class,
            RunCommand.class,
            NotifyCommand.class,
            RoutesCommand.class,
            SilenceCommand.class,
            AckCommand.class,
            WhyCommand.class,
            TemplateCommand.class,
            DeliveriesCommand.class,
            ExportCommand.class,
            OperatorsCommand.class,
            KeysCommand.class,
            BillingCommand.class,
            HelpCommand.class
        })
final class GrowAlert implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new GrowAlert()).setExecutionExceptionHandler(GrowAlert::explain);
    }

    static int explain(Exception problem, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
        if (problem instanceof CannotRun) {
            command.getErr().println("growalert: " + problem.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
        throw problem;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is needed");
    }
}
