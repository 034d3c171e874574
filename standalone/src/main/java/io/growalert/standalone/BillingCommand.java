package io.growalert.standalone;

import static picocli.CommandLine.Help.Visibility.ALWAYS;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code growalert billing}. */
@Command(
        name = "billing",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Operates a running billing-service.",
        subcommands = {
            BillingCommand.Parked.class,
            BillingCommand.Replay.class,
            ReconcileCommand.class,
            MailsCommand.class,
            BillingCommand.Erase.class
        })
final class BillingCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "a command is needed: parked, replay, reconcile, mails or erase");
    }

    /** The options of all commands: which service to call, and with which token. */
    @Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
    abstract static class Asking implements Callable<Integer> {
        private static final Set<String> SCHEMES = Set.of("http", "https");
        /** The characters that a header can have. */
        private static final Pattern TOKEN = Pattern.compile("[!-~]+");

        private static final List<Path> KEPT =
                List.of(Path.of("growalert-data/operator-token"), Path.of("growalert-data/example/operator-token"));

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Option(
                names = "--url",
                defaultValue = "http://127.0.0.1:8080",
                showDefaultValue = ALWAYS,
                paramLabel = "URL",
                description = "The address of the gateway.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private URI url;

        @Option(
                names = "--operator-token-file",
                paramLabel = "FILE",
                description = "The file with the token of an operator (default: what " + StoredToken.VARIABLE
                        + " contains, or the file that 'growalert up' created here: growalert-data/operator-token, or else the "
                        + "example's, growalert-data/example/operator-token).")
        private @Nullable Path tokenFile;

        /** Returns the exit code. */
        abstract int ask(BillingApi billing, PrintWriter out);

        @Override
        public final Integer call() {
            Logging.quiet();
            if (url.getHost() == null
                    || !SCHEMES.contains(String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT))) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "--url must be such as http://127.0.0.1:8080, not " + url);
            }
            try (var billing = new BillingApi(url, token())) {
                return ask(billing, new TerminalWriter(spec.commandLine().getOut()));
            }
        }

        private Optional<String> token() {
            var token = tokenFile != null
                    ? Optional.of(read(tokenFile))
                    : StoredToken.in(System.getenv()).or(() -> KEPT.stream()
                            .filter(Files::exists)
                            .findFirst()
                            .map(Asking::read));
            if (token.isPresent() && !TOKEN.matcher(token.get()).matches()) {
                throw new CannotRun("the operator token is empty, or has characters that a token cannot have");
            }
            return token;
        }

        private static String read(Path file) {
            try {
                return Files.readString(file).strip();
            } catch (IOException e) {
                throw new CannotRun("the operator token in %s cannot be read: %s".formatted(file, e), e);
            }
        }
    }

    @Command(name = "parked", description = "Lists the events of Stripe's that could not be applied, with the reason.")
    static final class Parked extends Asking {
        @Override
        int ask(BillingApi billing, PrintWriter out) {
            var events = billing.call("GET", "/api/billing/events?state=parked&limit=1000", null).stream()
                    .flatMap(answer -> answer.valueStream())
                    .toList();
            events.forEach(event -> out.println(String.join(
                    "  ",
                    Stream.of("id", "created", "type", "error")
                            .map(field -> event.path(field).asString(""))
                            .toList())));
            out.println(events.isEmpty() ? "nothing is parked" : events.size() + " parked");
            return CommandLine.ExitCode.OK;
        }
    }

    @Command(name = "replay", description = "Applies parked events again: those named, or all.")
    static final class Replay extends Asking {
        @Parameters(arity = "0..*", paramLabel = "ID", description = "Events such as evt_1...; none for all.")
        private List<String> ids = new ArrayList<>();

        @Override
        int ask(BillingApi billing, PrintWriter out) {
            var body = ids.isEmpty() ? Map.of() : Map.of("ids", ids);
            long due = billing.call("POST", "/api/billing/events/replay", body)
                    .map(answer -> answer.path("replayed").asLong(0))
                    .orElse(0L);
            out.println(due == 1 ? "1 event is applied again" : due + " events are applied again");
            long others = ids.stream().distinct().count() - due;
            if (others <= 0) {
                return CommandLine.ExitCode.OK;
            }
            throw new CannotRun(
                    due == 0
                            ? "not parked: %s; 'growalert billing parked' lists what is"
                                    .formatted(String.join(", ", ids))
                            : "%d of those named are not parked; 'growalert billing parked' lists what still is"
                                    .formatted(others));
        }
    }

    @Command(
            name = "erase",
            description = "Erases what is personal of a customer, here and at Stripe. Amounts and dates stay.")
    static final class Erase extends Asking {
        @Parameters(paramLabel = "CUSTOMER", description = "Such as cus_1...")
        private String customer = "";

        @Override
        int ask(BillingApi billing, PrintWriter out) {
            if (!customer.matches("\\w+")) {
                throw new CannotRun("'%s' is not a customer's id, such as cus_1...".formatted(customer));
            }
            billing.call("DELETE", "/api/billing/customers/" + customer, null);
            out.println("personal data of %s erased".formatted(customer));
            return CommandLine.ExitCode.OK;
        }
    }
}
