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
        return new CommandLine(new GrowAlert())
                .setExecutionExceptionHandler(GrowAlert::explain)
                .setParameterExceptionHandler(GrowAlert::explainUsage);
    }

    static int explain(Exception problem, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
        if (problem instanceof CannotRun) {
            command.getErr().println("growalert: " + problem.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
        throw problem;
    }

    /** The reason is what counts: a command's help has forty lines. */
    static int explainUsage(CommandLine.ParameterException problem, String[] arguments) {
        var command = problem.getCommandLine();
        var err = command.getErr();
        err.println(problem.getMessage());
        if (problem instanceof CommandMissing) {
            command.usage(err);
        } else {
            CommandLine.UnmatchedArgumentException.printSuggestions(problem, err);
            err.println("Try '%s'.".formatted(help(command)));
        }
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static String help(CommandLine command) {
        var parent = command.getParent();
        if (parent == null) {
            return command.getCommandName() + " help";
        }
        return parent.getParent() == null
                ? "%s help %s".formatted(parent.getCommandName(), command.getCommandName())
                : command.getCommandSpec().qualifiedName() + " --help";
    }

    private static final class CommandMissing extends CommandLine.ParameterException {
        private static final long serialVersionUID = 1L;

        CommandMissing(CommandLine command) {
            super(command, "a command is needed");
        }
    }

    @Override
    public void run() {
        throw new CommandMissing(spec.commandLine());
    }
}
