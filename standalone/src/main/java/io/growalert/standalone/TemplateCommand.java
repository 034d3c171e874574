package io.growalert.standalone;

import io.growalert.definitions.Variables;
import io.growalert.dispatcher.MessagePreview;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.events.AlertEvent;
import io.growalert.events.UnreadableValue;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code growalert template}. */
@Command(
        name = "template",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Shows messages to receivers.",
        subcommands = TemplateCommand.Render.class)
final class TemplateCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is needed: render");
    }

    @Command(
            name = "render",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "Renders a message for a receiver and prints it, with *** for secrets. It sends nothing.")
    static final class Render implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Parameters(arity = "1..*", paramLabel = "FILE", description = "Definition files; several make one set.")
        private List<Path> files = new ArrayList<>();

        @Option(
                names = "--receiver",
                required = true,
                paramLabel = "NAME",
                description = "A receiver that the files define.")
        private String receiver = "";

        @Option(
                names = "--type",
                defaultValue = "firing",
                paramLabel = "TYPE",
                description = "The sample's type: firing (default), reminder or resolved.")
        private String type = "firing";

        @Option(names = "--group", description = "The sample is a message of a group.")
        private boolean group;

        @Option(
                names = "--event",
                paramLabel = "JSON",
                description =
                        "A file with an alert event, as on the topic growalert.alerts, or a message of a group, instead of a sample.")
        private @Nullable Path event;

        @Override
        public Integer call() {
            Logging.quiet();
            spec.commandLine().getOut().println(rendered());
            return CommandLine.ExitCode.OK;
        }

        private String rendered() {
            var mail = NotifyCommand.mailServer();
            var variables = Variables.environment();
            var publicUrl = Optional.ofNullable(System.getenv("GROWALERT_DISPATCHER_PUBLICURL"))
                    .filter(url -> !url.isEmpty());
            try {
                var base = publicUrl.map(URI::create);
                var given = event;
                if (group && given == null) {
                    return MessagePreview.group(files, variables, mail, base, receiver);
                }
                return given == null
                        ? MessagePreview.sample(files, variables, mail, base, receiver, type())
                        : given(given, variables, mail, base);
            } catch (IllegalArgumentException e) {
                throw new CannotRun(String.valueOf(e.getMessage()), e);
            }
        }

        private String given(Path file, Variables variables, MailServer mail, Optional<URI> base) {
            var content = content(file);
            try {
                return MessagePreview.of(files, variables, mail, base, receiver, content);
            } catch (UnreadableValue e) {
                throw new CannotRun(
                        "%s: expected an alert event or a message of a group as JSON: %s"
                                .formatted(file, e.getMessage()),
                        e);
            }
        }

        private AlertEvent.Type type() {
            for (var each : AlertEvent.Type.values()) {
                if (each.wire().equals(type)) {
                    return each;
                }
            }
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--type: expected firing, reminder or resolved");
        }

        private static byte[] content(Path file) {
            try {
                return Files.readAllBytes(file);
            } catch (IOException e) {
                throw new CannotRun("%s cannot be read: %s".formatted(file, e.getMessage()), e);
            }
        }
    }
}
