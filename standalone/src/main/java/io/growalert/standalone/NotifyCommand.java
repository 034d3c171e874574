package io.growalert.standalone;

import io.growalert.definitions.Variables;
import io.growalert.dispatcher.TestMessage;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.handler.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code growalert notify}. */
@Command(
        name = "notify",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Sends messages to receivers by hand.",
        subcommands = NotifyCommand.Test.class)
final class NotifyCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is needed: test");
    }

    /** The mail server as the dispatcher would configure it: its settings come from the same environment. */
    static MailServer mailServer() {
        var environment = new StandardEnvironment();
        ConfigurationPropertySources.attach(environment);
        try {
            return Binder.get(environment).bindOrCreate("growalert.dispatcher.mail", MailServer.class);
        } catch (BindException e) {
            throw new CannotRun(
                    "%s cannot be read: %s".formatted(e.getName(), deepest(e).getMessage()), e);
        }
    }

    private static Throwable deepest(Throwable thrown) {
        return thrown.getCause() == null ? thrown : deepest(thrown.getCause());
    }

    @Command(
            name = "test",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "Sends one message, marked as a test, to a receiver and prints the response.")
    static final class Test implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Parameters(paramLabel = "RECEIVER", description = "A receiver that the files define.")
        private String receiver = "";

        @Option(
                names = "--config",
                arity = "1..*",
                required = true,
                paramLabel = "FILE",
                description = "Definition files; several make one set.")
        private List<Path> files = new ArrayList<>();

        @Override
        public Integer call() throws Exception {
            Logging.quiet();
            var out = spec.commandLine().getOut();
            var outcome = sent();
            switch (outcome) {
                case Outcome.Delivered delivered ->
                    out.println("delivered to %s: %s".formatted(receiver, delivered.detail()));
                case Outcome.Retry retry ->
                    throw new CannotRun(
                            "not delivered to %s, a retry may succeed: %s".formatted(receiver, retry.reason()));
                case Outcome.Refused refused ->
                    throw new CannotRun(
                            "not delivered, %s refuses temporarily: %s".formatted(receiver, refused.reason()));
                case Outcome.Rejected rejected ->
                    throw new CannotRun("not delivered, %s rejects it: %s".formatted(receiver, rejected.reason()));
            }
            return CommandLine.ExitCode.OK;
        }

        private Outcome sent() throws Exception {
            try {
                return TestMessage.send(files, Variables.environment(), mailServer(), receiver);
            } catch (IllegalArgumentException e) {
                throw new CannotRun(String.valueOf(e.getMessage()), e);
            }
        }
    }
}
