package io.growalert.standalone;

import io.growalert.gateway.OperatorsFile;
import io.growalert.runtime.http.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code growalert operators}. It changes the file that a gateway watches, and needs no running gateway. */
@Command(
        name = "operators",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Manages the named operators, their roles and tokens.",
        subcommands = {OperatorsCommand.Add.class, OperatorsCommand.ListOperators.class, OperatorsCommand.Revoke.class})
final class OperatorsCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is needed: add, list or revoke");
    }

    /** The option of all commands: which file. */
    @Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
    abstract static class OnFile implements Callable<Integer> {
        private static final List<Path> FOLDERS = List.of(Path.of("growalert-data"), Path.of("growalert-data/example"));

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Option(
                names = "--operators-file",
                paramLabel = "FILE",
                description =
                        "The file that the gateway watches, growalert.gateway.operators-file (default: the one of "
                                + "'growalert up' here, growalert-data/operators.json, or else the example's, "
                                + "growalert-data/example/operators.json).")
        private @Nullable Path file;

        abstract void change(OperatorsFile operators, CommandLine command) throws IOException;

        @Override
        public final Integer call() {
            Logging.quiet();
            var path = file == null ? kept() : file;
            try {
                change(new OperatorsFile(path), spec.commandLine());
            } catch (IOException e) {
                throw new CannotRun("%s cannot be read or written: %s".formatted(path, e.getMessage()), e);
            } catch (IllegalArgumentException e) {
                throw new CannotRun(String.valueOf(e.getMessage()), e);
            }
            return CommandLine.ExitCode.OK;
        }

        private static Path kept() {
            return FOLDERS.stream()
                    .filter(folder -> Files.exists(folder.resolve(DataFolder.LOCK)))
                    .findFirst()
                    .map(folder -> folder.resolve(DataFolder.OPERATORS))
                    .orElseThrow(() -> new CannotRun(
                            "'growalert up' never ran here: name the gateway's file with --operators-file"));
        }
    }

    /** A role as {@link Role#text} has it. */
    static final class RoleText implements ITypeConverter<Role> {
        @Override
        public Role convert(String text) {
            return Role.of(text)
                    .orElseThrow(() -> new TypeConversionException(
                            "'%s' is no role: expected viewer, operator or admin".formatted(text)));
        }
    }

    @Command(
            name = "add",
            description =
                    "Adds an operator and prints the token, which is shown only this time and stored as a digest.")
    static final class Add extends OnFile {
        @Parameters(paramLabel = "NAME", description = "Letters, digits and . _ @ -, at most 64.")
        private String name = "";

        @Option(
                names = "--role",
                required = true,
                paramLabel = "ROLE",
                converter = RoleText.class,
                description = "viewer: reads; operator: also silences, acknowledges, redrives, tests receivers; admin: "
                        + "also billing.")
        private Role role = Role.VIEWER;

        @Override
        void change(OperatorsFile operators, CommandLine command) throws IOException {
            var token = operators
                    .add(name, role, Instant.now().truncatedTo(ChronoUnit.SECONDS))
                    .orElseThrow(() -> new CannotRun(
                            "there is an operator '%s': revoke it first, or choose another name".formatted(name)));
            // alone on standard output, for scripts
            command.getErr().println("%s added as %s; the token is shown only this time:".formatted(name, role));
            command.getErr().flush();
            command.getOut().println(token);
        }
    }

    @Command(name = "list", description = "Lists the operators with their roles, and since when they are.")
    static final class ListOperators extends OnFile {
        @Override
        void change(OperatorsFile operators, CommandLine command) throws IOException {
            var out = command.getOut();
            var entries = operators.read();
            entries.forEach(entry -> out.println(String.join(
                    "  ",
                    Stream.of(entry.name(), entry.role(), entry.createdAt())
                            .map(String::valueOf)
                            .toList())));
            if (entries.isEmpty()) {
                out.println(
                        "no named operators; the operator token is the admin '%s'".formatted(OperatorsFile.BUILT_IN));
            }
        }
    }

    @Command(name = "revoke", description = "Removes an operator; the gateway refuses the token within 5 s.")
    static final class Revoke extends OnFile {
        @Parameters(paramLabel = "NAME", description = "The operator.")
        private String name = "";

        @Override
        void change(OperatorsFile operators, CommandLine command) throws IOException {
            if (!operators.revoke(name)) {
                throw new CannotRun("no operator '%s': 'growalert operators list' shows them".formatted(name));
            }
            command.getOut().println("%s revoked".formatted(name));
        }
    }
}
