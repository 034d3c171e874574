package io.growalert.standalone;

import static picocli.CommandLine.Help.Visibility.ALWAYS;

import io.growalert.definitions.DurationText;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.JsonNode;

/** {@code growalert billing}. */
@Command(
        name = "billing",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Looks after a billing-service that runs.",
        subcommands = {
            BillingCommand.Parked.class,
            BillingCommand.Replay.class,
            BillingCommand.Reconcile.class,
            BillingCommand.Erase.class
        })
final class BillingCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "a command is needed: parked, replay, reconcile or erase");
    }

    /** Which service, and where to print. */
    static final class Target {
        @Spec(Spec.Target.MIXEE)
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Option(
                names = "--url",
                defaultValue = "http://127.0.0.1:8082",
                showDefaultValue = ALWAYS,
                paramLabel = "URL",
                description = "Where the billing-service answers.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private URI url;

        private PrintWriter out() {
            return spec.commandLine().getOut();
        }

        private BillingApi open() {
            Logging.quiet();
            if (url.getHost() == null) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "--url must be such as http://127.0.0.1:8082, not " + url);
            }
            return new BillingApi(url, Optional.ofNullable(System.getenv("GROWALERT_OPERATOR_TOKEN")));
        }
    }

    @Command(
            name = "parked",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "Lists the events of Stripe's that could not be applied, with the reason.")
    static final class Parked implements Callable<Integer> {
        @Mixin
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private Target target;

        @Override
        public Integer call() {
            try (var billing = target.open()) {
                var events = billing.call("GET", "/api/billing/events?state=parked&limit=1000", null).stream()
                        .flatMap(answer -> answer.valueStream())
                        .toList();
                events.forEach(event -> target.out()
                        .printf(
                                "%s  %s  %s  %s%n",
                                event.path("id").asString(""),
                                event.path("created").asString(""),
                                event.path("type").asString(""),
                                event.path("error").asString("")));
                target.out().println(events.isEmpty() ? "nothing is parked" : events.size() + " parked");
            }
            return CommandLine.ExitCode.OK;
        }
    }

    @Command(
            name = "replay",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "Applies parked events again: those named, or all.")
    static final class Replay implements Callable<Integer> {
        @Mixin
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private Target target;

        @Parameters(arity = "0..*", paramLabel = "ID", description = "Events such as evt_1...; none for all.")
        private List<String> ids = new ArrayList<>();

        @Override
        public Integer call() {
            try (var billing = target.open()) {
                var answer = billing.call(
                        "POST", "/api/billing/events/replay", ids.isEmpty() ? Map.of() : Map.of("ids", ids));
                long due = answer.map(body -> body.path("replayed").asLong(0)).orElse(0L);
                target.out().println(due == 1 ? "1 event is applied again" : due + " events are applied again");
            }
            return CommandLine.ExitCode.OK;
        }
    }

    @Command(
            name = "erase",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "Erases what is personal of a customer, here and at Stripe. Amounts and dates stay.")
    static final class Erase implements Callable<Integer> {
        @Mixin
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private Target target;

        @Parameters(paramLabel = "CUSTOMER", description = "Such as cus_1...")
        private String customer = "";

        @Override
        public Integer call() {
            if (!customer.matches("\\w+")) {
                throw new CannotRun("'%s' is not a customer's id, such as cus_1...".formatted(customer));
            }
            try (var billing = target.open()) {
                billing.call("DELETE", "/api/billing/customers/" + customer, null);
                target.out().println("what was personal of %s is erased".formatted(customer));
            }
            return CommandLine.ExitCode.OK;
        }
    }

    @Command(
            name = "reconcile",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description =
                    "Reads from Stripe what was not delivered and how its objects are now, repairs the difference "
                            + "and says what it changed.")
    static final class Reconcile implements Callable<Integer> {
        @Mixin
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private Target target;

        @Option(
                names = "--since",
                paramLabel = "WHEN",
                converter = Since.class,
                description = "How far to look back, 2h or 7d, or an instant such as 2026-11-24T00:00:00Z "
                        + "(default: as far as Stripe keeps events, 30 days).")
        private @Nullable Instant since;

        private Optional<JsonNode> report = Optional.empty();

        @Override
        public Integer call() {
            try (var billing = target.open()) {
                billing.follow("/api/billing/reconcile" + (since == null ? "" : "?since=" + since), this::take);
            }
            var found = report.orElseThrow(
                    () -> new CannotRun("it ended early, without a report: the billing-service's log says why"));
            print(found, target.out());
            return found.path("complete").asBoolean(true) ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        }

        /** The last line is the report, those before it are progress. */
        private void take(String line) {
            var json = BillingApi.read(line);
            report = json.filter(body -> body.has("objects"));
            if (report.isEmpty() && !line.isBlank()) {
                target.out()
                        .println(json.map(body -> body.path("progress").asString(line))
                                .orElse(line));
                target.out().flush();
            }
        }

        private static void print(JsonNode report, PrintWriter out) {
            report.at("/objects/repaired")
                    .valueStream()
                    .forEach(one -> out.printf(
                            "%s  %s %s %s%n",
                            one.path("change").asString(""),
                            one.path("kind").asString(""),
                            one.path("id").asString(""),
                            one.path("fields")
                                    .valueStream()
                                    .map(JsonNode::asString)
                                    .collect(Collectors.joining(", "))));
            report.path("problems").valueStream().forEach(problem -> out.println("problem  " + problem.asString()));
            out.printf(
                    "events: %d read, %d not delivered by Stripe, %d of them missing here and stored now%n",
                    report.at("/events/read").asLong(0),
                    report.at("/events/undelivered").asLong(0),
                    report.at("/events/missing").asLong(0));
            out.printf(
                    "objects: %d compared, %d records repaired, %d left for the next time%n",
                    report.at("/objects/read").asLong(0),
                    report.at("/objects/repairs").asLong(0),
                    report.at("/objects/unchecked").asLong(0));
            out.printf(
                    Locale.ROOT,
                    "%d requests in %.1f s%n",
                    report.path("requests").asLong(0),
                    report.path("seconds").asDouble(0));
        }
    }

    /** A duration before now, or an instant. */
    static final class Since implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                var now = InstantSource.system().instant();
                return DurationText.parse(text).map(now::minus).orElseGet(() -> Instant.parse(text));
            } catch (DateTimeParseException e) {
                throw new TypeConversionException(
                        "'%s' is neither a duration such as 2h or 7d nor an instant such as 2026-11-24T00:00:00Z"
                                .formatted(text));
            }
        }
    }
}
